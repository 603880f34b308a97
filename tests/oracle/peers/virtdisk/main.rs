// SPDX-License-Identifier: MIT
//! virtdisk's native recovery, which replays in the file.

use driver::{serve, text, Opened};
use std::path::Path;

fn open(image: &Path) -> Opened {
    virtdisk::recover_vhdx(image).map_err(text)?;
    Ok(None)
}

fn main() {
    serve(open);
}
