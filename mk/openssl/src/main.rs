//! `wsse-openssl FOLDER` builds OpenSSL as openssl-sys would, from the same sources, and leaves its
//! `include` and `lib` in FOLDER.
//!
//! FOLDER comes into being complete or not at all: it is built beside and renamed, so that a build that
//! is broken off, or another one at the same time, leaves nothing that looks finished.
#![forbid(unsafe_code)]

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs, process};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args_os().nth(1).map(PathBuf::from).ok_or("usage: wsse-openssl FOLDER")?;
    let mut name = folder.file_name().ok_or("FOLDER has no name")?.to_owned();
    name.push(format!(".building-{}", process::id()));
    let beside = folder.with_file_name(name);
    fs::create_dir_all(&beside)?;
    let built = openssl_src::Build::new()
        .host(env!("HOST"))
        .target(env!("TARGET"))
        .out_dir(&beside)
        .try_build()
        .map_err(Into::into)
        .and_then(|built| {
            let root = built.lib_dir().parent().ok_or("OpenSSL was installed nowhere")?;
            match fs::rename(root, &folder) {
                // Another build was first.
                Err(_) if folder.is_dir() => Ok(()),
                renamed => Ok(renamed?),
            }
        });
    fs::remove_dir_all(&beside)?;
    built
}
