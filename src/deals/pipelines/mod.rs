//! Pipelines: the road deals take, as stages in an order. A stage is open, won or lost; there is always at least one of each.
//! A removed stage stays as a row, because stories and times in stages speak of it.

pub mod actions;
pub mod model;
pub mod pages;

pub mod store;
