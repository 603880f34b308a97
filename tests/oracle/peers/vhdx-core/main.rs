// SPDX-License-Identifier: MIT
//! vhdx-core, which replays in memory.

use driver::{serve, text, Guest, Opened};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use vhdx::VhdxReader;

fn open(image: &Path) -> Opened {
    let mut reader = VhdxReader::open(image).map_err(text)?;
    Ok(Some(Guest {
        size: reader.virtual_disk_size(),
        read: Box::new(move |offset, page| {
            reader.seek(SeekFrom::Start(offset)).map_err(text)?;
            reader.read_exact(page).map_err(text)
        }),
    }))
}

fn main() {
    serve(open);
}
