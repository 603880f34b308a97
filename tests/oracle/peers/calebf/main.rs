// SPDX-License-Identifier: MIT
//! vhdx by Caleb Fletcher, which replays in the file as it loads.

use driver::{serve, text, Guest, Opened};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use vhdx::Vhdx;

fn open(image: &Path) -> Opened {
    let mut disk = Vhdx::load(image);
    let size = disk.reader().seek(SeekFrom::End(0)).map_err(text)?;
    Ok(Some(Guest {
        size,
        read: Box::new(move |offset, page| {
            let mut reader = disk.reader();
            reader.seek(SeekFrom::Start(offset)).map_err(text)?;
            reader.read_exact(page).map_err(text)
        }),
    }))
}

fn main() {
    serve(open);
}
