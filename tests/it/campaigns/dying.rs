//! kill -9 while a campaign goes out.
