//! Which compression a browser takes, and the compressing itself.

use axum::http::{HeaderMap, HeaderValue, header};
use std::io::Write;

/// A content coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    /// The best coding the `Accept-Encoding` header allows; a coding with `q=0` is refused (RFC 9110 § 12.5.3).
    pub(crate) fn wanted(headers: &HeaderMap) -> Self {
        let mut accepted = [false; 2];
        for value in headers.get_all(header::ACCEPT_ENCODING) {
            let Ok(text) = value.to_str() else { continue };
            for item in text.split(',') {
                let (name, weight) = item.split_once(';').unwrap_or((item, ""));
                let refused = weight
                    .trim()
                    .strip_prefix("q=")
                    .is_some_and(|q| q.trim().parse::<f32>().is_ok_and(|q| q <= 0.0));
                match name.trim() {
                    "br" => accepted[0] = !refused,
                    "gzip" => accepted[1] = !refused,
                    _ => {}
                }
            }
        }
        match accepted {
            [true, _] => Encoding::Brotli,
            [_, true] => Encoding::Gzip,
            _ => Encoding::Identity,
        }
    }

    /// Value of the `Content-Encoding` header.
    pub(crate) fn header(self) -> Option<HeaderValue> {
        match self {
            Encoding::Brotli => Some(HeaderValue::from_static("br")),
            Encoding::Gzip => Some(HeaderValue::from_static("gzip")),
            Encoding::Identity => None,
        }
    }

    /// What tells the strong entity tags of the codings apart.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Encoding::Brotli => "-br",
            Encoding::Gzip => "-gz",
            Encoding::Identity => "",
        }
    }

    /// The bytes in this coding. Quality 5 for brotli: pages are made on demand, so time counts too.
    pub(crate) fn encode(self, bytes: &[u8]) -> std::io::Result<Vec<u8>> {
        self.encode_at(bytes, 5, 6)
    }

    /// The same with less effort, for pages that are read once.
    pub(crate) fn encode_fast(self, bytes: &[u8]) -> std::io::Result<Vec<u8>> {
        self.encode_at(bytes, 1, 1)
    }

    fn encode_at(self, bytes: &[u8], brotli: u32, gzip: u32) -> std::io::Result<Vec<u8>> {
        match self {
            Encoding::Identity => Ok(bytes.to_vec()),
            Encoding::Gzip => {
                let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(gzip));
                writer.write_all(bytes)?;
                writer.finish()
            }
            Encoding::Brotli => {
                let mut out = Vec::new();
                let mut writer = brotli::CompressorWriter::new(&mut out, 1 << 16, brotli, 20);
                writer.write_all(bytes)?;
                writer.flush()?;
                drop(writer);
                Ok(out)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_accepted_coding_is_chosen() {
        for (accept, expected) in [
            ("gzip, deflate, br, zstd", Encoding::Brotli),
            ("gzip", Encoding::Gzip),
            ("br;q=0, gzip;q=0.5", Encoding::Gzip),
            ("br; q=0", Encoding::Identity),
            ("*", Encoding::Identity),
            ("", Encoding::Identity),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_str(accept).unwrap());
            assert_eq!(Encoding::wanted(&headers), expected, "{accept}");
        }
    }

    #[test]
    fn codings_give_the_bytes_back() {
        use std::io::Read;
        let text = "Kein Kind zurücklassen ".repeat(500);
        let mut out = String::new();
        let bytes = Encoding::Brotli.encode(text.as_bytes()).unwrap();
        brotli::Decompressor::new(bytes.as_slice(), 4096).read_to_string(&mut out).unwrap();
        assert_eq!(out, text);
        out.clear();
        let bytes = Encoding::Gzip.encode(text.as_bytes()).unwrap();
        flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut out).unwrap();
        assert_eq!(out, text);
    }
}
