//! The disk is full, and then it is not.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::ends_well;
use super::sender::{self, Events};
use crate::support::Place;

/// A small disk, mounted for one story.
struct Disk {
    at: PathBuf,
}

impl Disk {
    /// None where one may not mount.
    fn of(at: &Path, size: &str) -> Option<Self> {
        std::fs::create_dir_all(at).expect("a folder");
        let disk = Self { at: at.to_owned() };
        disk.mount(&format!("size={size}")).then_some(disk)
    }

    fn grows(&self, size: &str) {
        assert!(self.mount(&format!("remount,size={size}")), "it grows");
    }

    fn mount(&self, options: &str) -> bool {
        Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "tmpfs"])
            .arg(&self.at)
            .output()
            .is_ok_and(|output| output.status.success())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.at).output();
    }
}

#[test]
fn a_full_disk_is_said_to_the_sender_and_costs_nothing_that_was_answered() {
    let place = Place::on_either();
    if place.database_url().starts_with("postgres") {
        println!("skipped: the disk of PostgreSQL is not ours to fill");
        return;
    }
    let Some(disk) = Disk::of(&place.path().join("data"), "6m") else {
        println!("skipped: no disk may be mounted here");
        return;
    };
    place.has_ada();
    let key = place.has_website();
    let events = Arc::new(Events::default());
    let server = place.serve();
    let stop = Arc::new(AtomicBool::new(false));
    let senders = sender::start(&server.address, &key, &events, &stop);
    let began = Instant::now();
    // Some room may come back by itself, when the log is written back: what counts is the first answer that is no "kept".
    let refused = loop {
        let answer = sender::send(&server.address, &key, &[Events::again("m900000000")]);
        if answer != Some(200) {
            break answer;
        }
        assert!(
            began.elapsed() < Duration::from_mins(1),
            "six megabytes last for ever"
        );
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(refused, Some(503), "come back later");
    assert_eq!(
        sender::page(&server.address, "/healthz"),
        Some(200),
        "it lives"
    );
    assert_eq!(
        sender::page(&server.address, "/sign-in"),
        Some(200),
        "and it can be read"
    );
    disk.grows("256m");
    let until = Instant::now() + Duration::from_secs(20);
    while sender::send(&server.address, &key, &[Events::again("m900000000")]) != Some(200) {
        assert!(Instant::now() < until, "room again, but it did not notice");
        std::thread::sleep(Duration::from_millis(100));
    }
    std::thread::sleep(Duration::from_millis(500));
    stop.store(true, Ordering::SeqCst);
    let mut known = sender::join(senders);
    known.answered.insert("m900000000".to_owned());
    ends_well(&place, server, &key, known);
}
