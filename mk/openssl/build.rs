//! Tells the program what it is built for, which only a build script knows.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    for name in ["HOST", "TARGET"] {
        println!("cargo::rustc-env={name}={}", std::env::var(name).unwrap_or_default());
    }
}
