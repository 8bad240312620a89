//! Records that become one, and two again.

mod chance;
mod state;
mod undo;
mod world;
