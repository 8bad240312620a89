//! Rapport: a CRM with a customer data platform built in. The floors, lowest first; an arrow may only point down.
pub mod accounts;
pub mod app;
pub mod base;
pub mod cli;
pub mod config;
pub mod contacts;
pub mod db;
pub mod events;
pub mod files;
pub mod jobs;
pub mod mail;
pub mod metrics;
pub mod ops;
pub mod timeline;
pub mod web;
