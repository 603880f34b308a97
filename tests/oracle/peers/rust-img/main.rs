// SPDX-License-Identifier: MIT
//! rust-img-vhdx, which replays in the file even where it only reads.

use driver::{serve, text, Guest, Opened};
use img_vhdx::VhdxReader;
use std::path::Path;

fn open(image: &Path) -> Opened {
    let reader = VhdxReader::open(image).map_err(text)?;
    Ok(Some(Guest {
        size: reader.virtual_size(),
        read: Box::new(move |offset, page| reader.read_at(offset, page).map_err(text)),
    }))
}

fn main() {
    serve(open);
}
