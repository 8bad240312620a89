//! `rapport seed scale`: an instance of any size, made quickly.

pub(super) mod rows;
