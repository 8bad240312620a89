//! Rapport: a CRM with a customer data platform built in. This page is the architecture; where the code differs, one of
//! the two is wrong.
//!
//! # Floors
//! A module may name only what stands below it (`tests/tidy.rs` reads every path and fails on an arrow that points up, and
//! on a circle). From the ground:
//! 1. [`base`]: values with rules (time, ids, addresses, tokens), no I/O. [`metrics`]: figures of this process.
//! 2. [`config`]: the settings, and the only reader of the environment.
//! 3. [`db`]: the only place that names a database. [`db::Db::read`] and [`db::Db::write`] are the doors; what differs
//!    between SQLite and PostgreSQL is in [`db::dialect`]; [`db::transfer`] carries an instance from one to the other;
//!    [`db::Memo`] remembers small answers until something changes.
//! 4. [`jobs`], [`mail`], [`files`]: the durable queue, mail out, stored files. Mail is sent by jobs.
//! 5. [`web`]: pages, forms, errors, assets: the HTTP kit. Knows no slice. The frame ([`web::layout`]) and the parts of pages
//!    ([`web::ui`]) are templates of their own, compiled once; the macros in `templates/ui` hand them their arguments.
//! 6. The slices. Left may not know right: [`accounts`], [`search`], [`filters`], [`timeline`], [`contacts`], [`events`],
//!    [`privacy`], [`deals`], [`desk`], [`campaigns`], [`ops`].
//! 7. [`demo`]: the invented world of set-up, `seed demo` and tests; it may use every slice, and only [`app`] and [`cli`] know it.
//! 8. [`app`]: builds the house, mounts every route, lists every job, and fills the lists of functions by which a slice
//!    on the left shows or moves what slices on the right keep ([`timeline`]'s strands, [`contacts`]' cards and followers of
//!    a merge, [`accounts`]' panels of Home and pins of the sidebar, [`search`]'s finders).
//! 9. [`cli`]: one file per command.
//!
//! Inside a slice: `pages`, `api`, `jobs` → `actions` → `store` → `model`. A handler's signature is its contract: the right
//! it needs ([`accounts::Can`]), where, what, then the database. A change is one action in one transaction.
//!
//! # Invariants
//! - Time enters as an argument; only [`base::clock::now`] reads it.
//! - On SQLite there is one writer thread, so transactions never meet; on PostgreSQL instances share nothing but the database.
//! - An event request answered 200 is on disk, and its events are stored exactly once: the inbox row is written first, and the
//!   worker moves its cursor in the transaction of the effects.
//! - Only the enrichment worker writes events, sessions and counters; [`contacts::purge`] deletes those of whoever left the trash
//!   for good. A batch commits only if its requests are still undone:
//!   the cursor stands where it was read (SQLite), or the rows are still there (PostgreSQL, where a lease saves vain work).
//! - A job is done at least once, and what it does through [`jobs::Context::finish`] exactly once, whoever is killed when.
//! - Nothing is sent inside a request: [`mail::enqueue`] writes the mail into the queue, in the transaction it speaks about.
//! - A mail of a campaign goes over the line only after its row says so on disk; what a death leaves uncertain is shown and never
//!   sent again by itself. Whoever did not allow the topic, or is suppressed, gets none: asked at the launch and at every claim.
//! - Whose records somebody reaches is one condition ([`accounts::Reach`]), put into every list and asked of every id: an id in an
//!   address is asked about before its handler runs ([`accounts::Gates`]). What is out of reach answers as if it were not there;
//!   who reaches everything is asked nothing, and their questions are planned as if there were no rights.
//! - Bells ring after the commit, never before ([`db::on_commit`]).
//! - An internal error shows a number and nothing else; the same number is in the log.
//! - No query in a template, no transaction in a handler, no inline script or style.
//!
//! # The way of an event
//! `POST /v1/batch` → `events::ingest` finds the source of the write key, inflates the body, looks at its size and shape, and
//! hands it to [`events::inbox`]. One thread gathers whatever waits into one commit; then all of these requests are answered.
//! The commit wakes [`events::enrich`], which reads the inbox in order, understands outside the transaction, and in one
//! transaction per batch drops duplicates, corrects clocks, resolves whose event it is, stores it, updates traits, counters,
//! sessions and last seen, and moves the cursor. While one batch is applied, the next is read and understood. The hashes that
//! keep duplicates out stay in memory while they are young and are written in sorted runs; cursors say which events they
//! cover, so a restart reads the rest back from the events themselves. People and visits of a batch stay in memory for the next
//! one, until anybody else writes any of them. What cannot be understood goes to the quarantine, with its bytes, and can be
//! repaired and replayed at its true time. After the commit `events::live` tells the pages that watch. What is done in the house
//! (a deal won, a ticket answered) takes the same way: [`events::acts`] puts it into the inbox as an event of the built-in source.
//!
//! # The way of a job
//! An action calls [`jobs::enqueue`] in its transaction. The commit rings the bell of this process; other processes look once a
//! second. [`db::dialect::claim`] gives a due job to one worker, which holds it by a lock that it renews while it runs. A failure
//! puts it back with a pause that doubles; after the last attempt it stays as a dead letter under Settings, Jobs. A worker that
//! died loses its lock, another takes over, and whatever the first one still tries to write down is refused.
//!
//! # The way of a mailing
//! A campaign is written in steps; its content is compiled once ([`campaigns::render`]). The launch freezes one row per address
//! of the audience in one statement, those held back with their reason. [`campaigns::sender`] claims rows in batches, asks for
//! consent again, fills letters in, and hands them to open lines ([`mail::Line`]). A line announces a letter, has its row
//! marked `transmitting`, gives the body away and reports; marks and reports of all lines share a commit. Links in mails are
//! signed and say themselves where they lead ([`campaigns::links`]); openings and clicks are on disk before they are
//! answered and understood together a moment later: what machines did is counted apart, the rest become acts of the contact. Unsubscribing withdraws the topic in [`privacy`]'s ledger.
//!
//! # The way of a question
//! What a list, a view or an audience asks for is a tree ([`filters::Node`]), the same in its address, in JSON and in words. The
//! slice takes out of it what an index finds and walks that; the rest becomes a condition with every value bound
//! ([`filters::Rule`], [`db::Predicate`]), asked of the contacts along the walk in rounds, and after a hundred thousand
//! somebody says whether to look further. A tree that cannot be read, or speaks of a field that is gone, fits nobody.
//!
//! # The way of a search
//! Whatever can be found has words ([`base::terms`] folds them alike when they are written and when they are asked for), kept in
//! the transaction of each change, in one index for all kinds ([`db::dialect::search`]); pieces of words, by which slips and middles
//! are found, in one table that is the same on both databases. A slice hands in a [`search::Finder`] through `app`, which shows
//! hits and leaves out what the reader does not reach. What was there before the index is filled in by a job.
//!
//! # The way of a file, and of a merge
//! An import keeps the file as it came, and a job writes it in short transactions in which the position moves; who is meant is
//! looked up inside them, and what was there before stands beside each row, so that it can be taken back. A merge writes down
//! every row it moves, takes away, changes or makes; undoing gives each back and keeps the two apart. A preview is the merge
//! itself, rolled back. A custom field is a declared trait: claims stay as they came and are read by the field's type when shown.
//!
//! # Start and stop
//! `serve` takes the lock of a SQLite file, migrates (copying the file aside first), binds its address, and starts jobs and
//! enrichment. At SIGTERM it takes no more connections, finishes requests, then stops the sender, enrichment, jobs, and writes SQLite's
//! log back, so that the folder can be copied as it stands. A second signal ends it at once, which costs nothing but time: what
//! was at work is taken up again.
pub mod accounts;
pub mod app;
pub mod base;
pub mod campaigns;
pub mod cli;
pub mod config;
pub mod contacts;
pub mod db;
pub mod deals;
pub mod demo;
pub mod desk;
pub mod events;
pub mod files;
pub mod filters;
pub mod jobs;
pub mod mail;
pub mod metrics;
pub mod ops;
pub mod privacy;
pub mod search;
pub mod timeline;
pub mod web;
