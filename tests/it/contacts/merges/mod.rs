//! Records that become one, and two again.

mod chance;
mod page;
mod state;
mod undo;
mod world;
