//! Bytes in whatever encoding, read as UTF-8 piece by piece. What cannot be read becomes U+FFFD.

use std::io::{self, Read};

use encoding_rs::{Decoder, Encoding};

const PIECE: usize = 32 << 10;

/// A reader of UTF-8 over a reader of something else. A byte order mark is dropped.
#[derive(Debug)]
pub struct Decoding<R> {
    source: R,
    decoder: Decoder,
    raw: Vec<u8>,
    text: Vec<u8>,
    from: usize,
    upto: usize,
    is_over: bool,
}

// `Decoder` says nothing of itself.
impl<R: Read> Decoding<R> {
    /// Reads `source` as `encoding`.
    pub fn new(source: R, encoding: &'static Encoding) -> Self {
        Self {
            source,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; PIECE],
            text: vec![0; PIECE * 3 + 16],
            from: 0,
            upto: 0,
            is_over: false,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        while self.from == self.upto && !self.is_over {
            let n = self.source.read(&mut self.raw)?;
            self.is_over = n == 0;
            let raw = self.raw.get(..n).unwrap_or_default();
            let (_, _, written, _) = self
                .decoder
                .decode_to_utf8(raw, &mut self.text, self.is_over);
            (self.from, self.upto) = (0, written);
        }
        Ok(())
    }
}

impl<R: Read> Read for Decoding<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.refill()?;
        let ready = self.text.get(self.from..self.upto).unwrap_or_default();
        let n = ready.len().min(out.len());
        if let (Some(out), Some(ready)) = (out.get_mut(..n), ready.get(..n)) {
            out.copy_from_slice(ready);
        }
        self.from += n;
        Ok(n)
    }
}
