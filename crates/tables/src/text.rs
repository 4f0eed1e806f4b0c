//! Bytes of any encoding to blocks of UTF-8.

use crate::{ReadError, TableFile};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::io::Read;

/// Size of the blocks that are read.
const BLOCK: usize = 1 << 20;

enum State {
    /// Nothing but ASCII so far.
    Ascii,
    Utf8,
    Other(encoding_rs::Decoder),
}

/// Reads a file as UTF-8 blocks; the encoding is found by looking unless it is stated.
pub(crate) struct TextBlocks<'a> {
    file: &'a TableFile,
    reader: &'a mut dyn Read,
    state: State,
    carry: Vec<u8>,
    started: bool,
    finished: bool,
    /// Old Macintosh line ends.
    lone_returns: bool,
    lines: u64,
    /// Name of the encoding as found so far.
    pub(crate) encoding: &'static Encoding,
    stated: bool,
}

impl<'a> TextBlocks<'a> {
    pub(crate) fn new(file: &'a TableFile, reader: &'a mut dyn Read, stated: Option<&str>) -> Self {
        let encoding = stated.and_then(|label| Encoding::for_label(label.as_bytes()));
        Self {
            file,
            reader,
            state: match encoding {
                Some(encoding) if encoding != UTF_8 => State::Other(encoding.new_decoder_with_bom_removal()),
                Some(_) => State::Utf8,
                None => State::Ascii,
            },
            carry: Vec::new(),
            started: false,
            finished: false,
            lone_returns: false,
            lines: 1,
            encoding: encoding.unwrap_or(UTF_8),
            stated: encoding.is_some(),
        }
    }

    /// Appends the next block to `out`; false at the end of the file.
    pub(crate) fn append_to(&mut self, out: &mut Vec<u8>) -> Result<bool, ReadError> {
        if self.finished {
            return Ok(false);
        }
        let mut block = std::mem::take(&mut self.carry);
        let old = block.len();
        block.resize(old + BLOCK, 0);
        let mut have = old;
        while have < block.len() {
            match self.reader.read(&mut block[have..]) {
                Ok(0) => {
                    self.finished = true;
                    break;
                }
                Ok(count) => have += count,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Err(e)
                    if e.kind() == std::io::ErrorKind::InvalidData
                        || e.kind() == std::io::ErrorKind::InvalidInput
                        || e.kind() == std::io::ErrorKind::UnexpectedEof =>
                {
                    return Err(self.file.unusable(
                        "Die gepackte Datei ist beschädigt: Ihr Inhalt bricht ab oder wurde verändert.",
                        "Die Datei noch einmal herunterladen oder entpackt übergeben.",
                    ));
                }
                Err(e) => return Err(self.file.io(&e)),
            }
        }
        block.truncate(have);
        if !self.started {
            self.started = true;
            self.begin(&mut block);
        }
        let from = out.len();
        self.decode(block, out)?;
        if from == 0 || self.lone_returns {
            let new = &mut out[from..];
            if from == 0 {
                self.lone_returns =
                    memchr::memchr(b'\n', new).is_none() && memchr::memchr(b'\r', new).is_some();
            }
            if self.lone_returns {
                for byte in new.iter_mut().filter(|b| **b == b'\r') {
                    *byte = b'\n';
                }
            }
        }
        self.lines += memchr::memchr_iter(b'\n', &out[from..]).count() as u64;
        Ok(true)
    }

    /// Byte order mark, and UTF-16 without one.
    fn begin(&mut self, block: &mut Vec<u8>) {
        if let Some((encoding, length)) = Encoding::for_bom(block) {
            if !self.stated || encoding == self.encoding {
                block.drain(..length);
                self.encoding = encoding;
                self.state = if encoding == UTF_8 {
                    State::Utf8
                } else {
                    State::Other(encoding.new_decoder_without_bom_handling())
                };
            }
            return;
        }
        if self.stated {
            return;
        }
        let sample = &block[..block.len().min(2048)];
        let zeros = |parity: usize| sample.iter().skip(parity).step_by(2).filter(|b| **b == 0).count();
        let (even, odd) = (zeros(0), zeros(1));
        let wide = if odd * 3 > sample.len() && even * 10 < odd {
            UTF_16LE
        } else if even * 3 > sample.len() && odd * 10 < even {
            UTF_16BE
        } else {
            return;
        };
        self.encoding = wide;
        self.state = State::Other(wide.new_decoder_without_bom_handling());
    }

    fn decode(&mut self, block: Vec<u8>, out: &mut Vec<u8>) -> Result<(), ReadError> {
        if let State::Other(_) = self.state {
            return self.decode_other(&block, out);
        }
        match std::str::from_utf8(&block) {
            Ok(_) => {
                if !block.is_ascii() {
                    self.state = State::Utf8;
                }
                out.extend_from_slice(&block);
                Ok(())
            }
            Err(error) if error.error_len().is_none() && !self.finished => {
                let (valid, rest) = block.split_at(error.valid_up_to());
                if !valid.is_ascii() {
                    self.state = State::Utf8;
                }
                out.extend_from_slice(valid);
                self.carry = rest.to_vec();
                Ok(())
            }
            Err(error) => {
                let valid = &block[..error.valid_up_to()];
                if matches!(self.state, State::Ascii) && valid.is_ascii() {
                    self.encoding = WINDOWS_1252;
                    self.state = State::Other(WINDOWS_1252.new_decoder_without_bom_handling());
                    return self.decode_other(&block, out);
                }
                let line = self.lines + memchr::memchr_iter(b'\n', valid).count() as u64;
                Err(self.file.unusable(
                    format!("In Zeile {line} endet die Kodierung UTF-8: Dort steht ein Zeichen in einer anderen Kodierung."),
                    "Die Datei einheitlich speichern, oder in der Zuordnung unter [file] encoding = \"windows-1252\" angeben.",
                ))
            }
        }
    }

    fn decode_other(&mut self, block: &[u8], out: &mut Vec<u8>) -> Result<(), ReadError> {
        let State::Other(decoder) = &mut self.state else { return Ok(()) };
        let needed = decoder.max_utf8_buffer_length(block.len()).unwrap_or(block.len().saturating_mul(3));
        let from = out.len();
        out.resize(from + needed, 0);
        let (_, _, written, broken) = decoder.decode_to_utf8(block, &mut out[from..], self.finished);
        out.truncate(from + written);
        if broken {
            return Err(self.file.unusable(
                format!("Die Datei ist nicht durchgehend in {} geschrieben.", self.encoding.name()),
                "Die Kodierung in der Zuordnung unter [file] encoding berichtigen oder die Angabe streichen.",
            ));
        }
        Ok(())
    }
}
