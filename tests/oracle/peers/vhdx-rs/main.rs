// SPDX-License-Identifier: MIT
//! vhdx-rs, as it replays in memory, or with the argument `write` in the file.

use driver::{serve, text, Guest, Opened, PAGE};
use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;
use vhdx::{LogReplayPolicy, Medium};

/// The disk's size is not told, so the front of it is looked for.
const ENOUGH: u64 = 4 << 20;
const SECTOR: u64 = 512;

fn guest<T: Read + Seek + 'static>(mut medium: Medium<T>) -> Guest {
    Guest {
        size: ENOUGH,
        read: Box::new(move |offset, page| {
            let mut io = medium.io().map_err(text)?;
            let count = (PAGE as u64) / SECTOR;
            let mut sectors = io.sector(offset / SECTOR, count).map_err(text)?;
            sectors.read_exact(page).map_err(text)
        }),
    }
}

fn in_memory(image: &Path) -> Opened {
    let file = File::open(image).map_err(text)?;
    let options = Medium::open(file).log_replay(LogReplayPolicy::InMemoryOnReadOnly);
    Ok(Some(guest(options.finish().map_err(text)?)))
}

fn in_file(image: &Path) -> Opened {
    let file = File::options().read(true).write(true).open(image);
    let options = Medium::open(file.map_err(text)?).write();
    let options = options.log_replay(LogReplayPolicy::Auto);
    Ok(Some(guest(options.finish().map_err(text)?)))
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("write") => serve(in_file),
        _ => serve(in_memory),
    }
}
