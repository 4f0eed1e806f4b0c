//! Bytes with a position and a byte order.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// Why a file is not readable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It ends too early.
    Ends,
    /// Its parts contradict each other.
    Broken,
    /// It is encrypted or of a kind nobody uses any more.
    Unknown(&'static str),
}

impl Fault {
    pub(super) fn sentence(self) -> (String, &'static str) {
        let again = "In SPSS oder PSPP öffnen und neu als .sav speichern, oder als CSV mit Codes ausgeben.";
        match self {
            Fault::Ends => ("Die SPSS-Datei bricht ab.".into(), "Die Datei noch einmal übertragen lassen."),
            Fault::Broken => ("Die SPSS-Datei ist beschädigt.".into(), again),
            Fault::Unknown(what) => (format!("Die SPSS-Datei ist nicht lesbar: {what}."), again),
        }
    }
}

pub(super) struct Source<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
    pub(super) big_endian: bool,
}

impl<'a> Source<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, big_endian: false }
    }

    pub(super) fn take(&mut self, len: usize) -> Result<&'a [u8], Fault> {
        let end = self.at.checked_add(len).ok_or(Fault::Ends)?;
        let found = self.bytes.get(self.at..end).ok_or(Fault::Ends)?;
        self.at = end;
        Ok(found)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        self.take(N)?.try_into().map_err(|_| Fault::Ends)
    }

    pub(super) fn i32(&mut self) -> Result<i32, Fault> {
        let bytes = self.array()?;
        Ok(if self.big_endian { i32::from_be_bytes(bytes) } else { i32::from_le_bytes(bytes) })
    }

    pub(super) fn i64(&mut self) -> Result<i64, Fault> {
        let bytes = self.array()?;
        Ok(if self.big_endian { i64::from_be_bytes(bytes) } else { i64::from_le_bytes(bytes) })
    }

    pub(super) fn f64(&mut self) -> Result<f64, Fault> {
        let bytes = self.array()?;
        Ok(self.number(bytes))
    }

    pub(super) fn number(&self, bytes: [u8; 8]) -> f64 {
        if self.big_endian { f64::from_be_bytes(bytes) } else { f64::from_le_bytes(bytes) }
    }

    /// A count or length; negative ones are broken.
    pub(super) fn len(&mut self) -> Result<usize, Fault> {
        usize::try_from(self.i32()?).map_err(|_| Fault::Broken)
    }

    /// A count of things of at least `size` bytes each; more than the rest of the file holds are broken.
    pub(super) fn count(&mut self, size: usize) -> Result<usize, Fault> {
        let count = self.len()?;
        let rest = self.bytes.len().saturating_sub(self.at);
        if count.checked_mul(size).is_some_and(|bytes| bytes <= rest) { Ok(count) } else { Err(Fault::Ends) }
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub(super) fn whole(&self) -> &'a [u8] {
        self.bytes
    }
}

/// The encoding of texts by its name or by the number of a code page.
pub(super) fn encoding(name: Option<&str>, code_page: Option<i32>) -> &'static Encoding {
    let by_name = name.and_then(|name| Encoding::for_label(name.trim().as_bytes()));
    by_name
        .or_else(|| {
            let label = match code_page? {
                65001 => "utf-8".to_string(),
                page @ 28591..=28605 => format!("iso-8859-{}", page - 28590),
                page => format!("windows-{page}"),
            };
            Encoding::for_label(label.as_bytes())
        })
        .unwrap_or(WINDOWS_1252)
}

/// Text without the blanks that fill it up.
pub(super) fn text(bytes: &[u8], encoding: &'static Encoding) -> String {
    let encoding = if std::str::from_utf8(bytes).is_ok() { UTF_8 } else { encoding };
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    text.trim_end_matches([' ', '\0']).to_string()
}
