// SPDX-License-Identifier: MIT
//! What all drivers have in common: the form of question and answer.
//!
//! Each line of standard input is a question, the path of an image and of a
//! file to make, with a tab between. The driver opens the image with its
//! reader, writes what a guest would see into the file, and answers with one
//! line of JSON: `{"opened": BOOL, "guest": BOOL, "error": TEXT or null}`. A
//! panic ends the driver; the one who asks makes that out.

use std::io::{self, BufRead, Write};
use std::path::Path;

/// A guest is read like this, a page at a time: some readers answer otherwise
/// when asked for more.
pub const PAGE: usize = 4096;

/// Of a disk larger than this only the front is read.
const MOST: u64 = 8 << 20;

/// A disk as its reader shows it.
pub struct Guest {
    pub size: u64,
    pub read: Box<dyn FnMut(u64, &mut [u8]) -> Result<(), String>>,
}

/// What came of opening an image: a guest, or none where the reader is only
/// made to replay.
pub type Opened = Result<Option<Guest>, String>;

/// Any error as the text of an answer.
pub fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Answers all questions of standard input.
pub fn serve(open: impl Fn(&Path) -> Opened) {
    for line in io::stdin().lock().lines() {
        let line = line.expect("a question");
        let (image, out) = line.split_once('\t').expect("two paths");
        println!("{}", answer(open(Path::new(image)), Path::new(out)));
        io::stdout().flush().expect("an answer");
    }
}

fn answer(opened: Opened, out: &Path) -> String {
    match opened {
        Err(error) => json(false, false, Some(&error)),
        Ok(None) => json(true, false, None),
        Ok(Some(guest)) => match save(guest, out) {
            Ok(()) => json(true, true, None),
            Err(error) => json(true, false, Some(&error)),
        },
    }
}

fn save(mut guest: Guest, out: &Path) -> Result<(), String> {
    let mut bytes = vec![0; guest.size.min(MOST) as usize];
    for (index, page) in bytes.chunks_mut(PAGE).enumerate() {
        (guest.read)((index * PAGE) as u64, page)?;
    }
    std::fs::write(out, bytes).map_err(text)
}

fn json(opened: bool, guest: bool, error: Option<&str>) -> String {
    let error = error.map_or("null".to_string(), quoted);
    format!("{{\"opened\": {opened}, \"guest\": {guest}, \"error\": {error}}}")
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c < ' ' => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
