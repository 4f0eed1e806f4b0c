//! Embeds the built frontend, compressed once here instead of on every request.
//!
//! Without `frontend/dist` the crate still compiles: pages then come without styles, and cargo says so.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let dist = root.join("../../frontend/dist");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", dist.display());

    let mut table = String::from("pub(super) static ASSETS: &[Asset] = &[\n");
    let mut entry = Entry::default();
    if dist.join(".vite/manifest.json").is_file() {
        entry = Entry::read(&dist.join(".vite/manifest.json"))?;
        let mut files = Vec::new();
        collect(&dist.join("assets"), &mut files)?;
        files.sort();
        for (number, file) in files.iter().enumerate() {
            let name = file.strip_prefix(dist.join("assets"))?.to_string_lossy().replace('\\', "/");
            let bytes = fs::read(file)?;
            fs::write(out.join(format!("{number}.raw")), &bytes)?;
            let (br, gz) = if compressible(&name) {
                fs::write(out.join(format!("{number}.br")), brotli(&bytes)?)?;
                fs::write(out.join(format!("{number}.gz")), gzip(&bytes)?)?;
                (include(&out, number, "br"), include(&out, number, "gz"))
            } else {
                ("None".to_string(), "None".to_string())
            };
            writeln!(
                table,
                "    Asset {{ name: {name:?}, content_type: {:?}, raw: include_bytes!({:?}), br: {br}, gzip: {gz} }},",
                content_type(&name),
                out.join(format!("{number}.raw")).display().to_string(),
            )?;
        }
    } else {
        println!(
            "cargo::warning=frontend/dist fehlt: Die Seiten kommen ohne Gestaltung. Abhilfe: npm --prefix frontend ci && npm --prefix frontend run build"
        );
    }
    table.push_str("];\n");
    writeln!(table, "pub(super) static STYLES: &[&str] = &{:?};", entry.styles)?;
    writeln!(table, "pub(super) static SCRIPT: Option<&str> = {:?};", entry.script)?;
    writeln!(table, "pub(super) static FONTS: &[&str] = &{:?};", entry.fonts)?;
    fs::write(out.join("embedded.rs"), table)?;
    Ok(())
}

/// What a page has to name: styles, the script, and the fonts worth loading early.
#[derive(Default)]
struct Entry {
    styles: Vec<String>,
    script: Option<String>,
    fonts: Vec<String>,
}

impl Entry {
    fn read(manifest: &Path) -> Result<Self, Box<dyn std::error::Error>> {
        let manifest: serde_json::Value = serde_json::from_slice(&fs::read(manifest)?)?;
        let file = |value: &serde_json::Value| value.as_str().map(|text| format!("/{text}"));
        let main = &manifest["src/main.ts"];
        let styles =
            main["css"].as_array().map(|list| list.iter().filter_map(file).collect()).unwrap_or_default();
        let fonts =
            main["assets"].as_array().map(|list| list.iter().filter_map(file).collect()).unwrap_or_default();
        let fonts: Vec<String> = fonts;
        Ok(Self {
            styles,
            script: file(&main["file"]),
            fonts: fonts
                .into_iter()
                .filter(|name| name.ends_with(".woff2") && !name.contains("-500-"))
                .collect(),
        })
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for item in fs::read_dir(folder)? {
        let path = item?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn include(out: &Path, number: usize, ending: &str) -> String {
    format!("Some(include_bytes!({:?}))", out.join(format!("{number}.{ending}")).display().to_string())
}

fn compressible(name: &str) -> bool {
    !name.ends_with(".woff2") && !name.ends_with(".png")
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "woff2" => "font/woff2",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn brotli(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut out, 1 << 16, 10, 22);
    writer.write_all(bytes)?;
    writer.flush()?;
    drop(writer);
    Ok(out)
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(bytes)?;
    writer.finish()
}
