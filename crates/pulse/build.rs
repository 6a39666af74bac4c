//! How the program is linked.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // Relocations take 3 MB of the program as a list and a few kilobytes as a bitmap, and functions that came out alike
    // from generic code are kept once. Only where Rust links with its own lld.
    let target = |part: &str| std::env::var(format!("CARGO_CFG_TARGET_{part}")).unwrap_or_default();
    if target("OS") == "linux" && target("ARCH") == "x86_64" && target("ENV") == "gnu" {
        println!("cargo:rustc-link-arg-bins=-Wl,--icf=all");
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}
