//! Numbers as offices write them: decimal comma or point, thousands points, thin spaces.
//!
//! `1.234` is one thousand or one and a bit; which one is decided per column by what the other cells show,
//! and said ([`Evidence`]).

/// What a separator means in a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct NumberFormat {
    /// What `.` means.
    pub(crate) point: Meaning,
    /// What `,` means.
    pub(crate) comma: Meaning,
    /// Spaces, thin spaces and apostrophes between groups of three are always read.
    pub(crate) decided_by_mapping: bool,
}

/// Meaning of a separator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Nothing is known: only numbers that speak for themselves are read.
    #[default]
    Unknown,
    Decimal,
    Thousands,
}

/// Why a text is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberProblem {
    /// Not a number at all.
    NotANumber,
    /// `1.234`, and nothing in the file says what the point means.
    Ambiguous,
    /// A number, but written in another way than the rest of the column.
    OtherFormat,
}

/// The plain digits of a number: fast path for `-?digits(sep digits)?` with at most 15 digits, where the
/// result of one division is correctly rounded (Clinger 1990).
pub(crate) fn plain(bytes: &[u8], decimal: u8) -> Option<f64> {
    const POWERS: [f64; 16] =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    if digits.is_empty() || digits.len() > 16 {
        return None;
    }
    let mut mantissa: u64 = 0;
    let mut fraction: Option<usize> = None;
    for (index, byte) in digits.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
        } else if *byte == decimal && fraction.is_none() && index > 0 {
            fraction = Some(digits.len() - index - 1);
        } else {
            return None;
        }
    }
    if mantissa >= 1 << 53 || fraction == Some(0) {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
    let whole = mantissa as f64;
    let value = whole / POWERS[fraction.unwrap_or(0)];
    Some(if negative { -value } else { value })
}

/// Shape of the separators in a number's text.
struct Shape {
    points: usize,
    commas: usize,
    /// Separator that comes last, its digits after it, and the digits before the first separator.
    last: u8,
    after: usize,
    before: usize,
    leading_zero: bool,
    grouped: bool,
}

fn shape(digits: &str) -> Option<Shape> {
    let bytes = digits.as_bytes();
    let mut found = Shape {
        points: 0,
        commas: 0,
        last: 0,
        after: 0,
        before: 0,
        leading_zero: bytes.first() == Some(&b'0'),
        grouped: true,
    };
    let mut run = 0;
    let mut first = true;
    for byte in bytes {
        match byte {
            b'0'..=b'9' => run += 1,
            b'.' | b',' => {
                if first {
                    found.before = run;
                    found.grouped &= (1..=3).contains(&run);
                } else {
                    found.grouped &= run == 3;
                }
                first = false;
                run = 0;
                found.last = *byte;
                if *byte == b'.' {
                    found.points += 1;
                } else {
                    found.commas += 1;
                }
            }
            _ => return None,
        }
    }
    found.after = run;
    if first {
        found.before = run;
    }
    (found.before + found.after > 0).then_some(found)
}

/// What the cells of a column show about its separators.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Evidence {
    point_decimal: u64,
    point_thousands: u64,
    point_open: u64,
    comma_decimal: u64,
    comma_thousands: u64,
    comma_open: u64,
    /// Whole numbers of four or more digits without any separator.
    ungrouped: u64,
}

/// How a meaning was found; said in a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ground {
    /// The column has cells that can only be read in one way.
    Column,
    /// Whole numbers without separators from 1000 up.
    Ungrouped,
    /// Other columns of the file.
    File,
    /// A guess after German custom.
    Custom,
}

impl Evidence {
    /// Looks at one cell (already stripped of marks and units).
    pub(crate) fn see(&mut self, text: &str) {
        let digits = text.trim_start_matches(['-', '+', '−']);
        let Some(shape) = shape(digits) else { return };
        match (shape.points, shape.commas) {
            (0, 0) if shape.before >= 4 => self.ungrouped += 1,
            (0, 0) => {}
            (1.., 1..) if !shape.grouped || shape.leading_zero => {}
            (1.., 1..) if shape.last == b',' && shape.commas == 1 => {
                self.comma_decimal += 1;
                self.point_thousands += 1;
            }
            (1.., 1..) if shape.last == b'.' && shape.points == 1 => {
                self.point_decimal += 1;
                self.comma_thousands += 1;
            }
            (1, 0) if decisive(&shape) => self.point_decimal += 1,
            (1, 0) => self.point_open += 1,
            (0, 1) if decisive(&shape) => self.comma_decimal += 1,
            (0, 1) => self.comma_open += 1,
            (2.., 0) if shape.grouped && shape.after == 3 => self.point_thousands += 1,
            (0, 2..) if shape.grouped && shape.after == 3 => self.comma_thousands += 1,
            _ => {}
        }
    }

    pub(crate) fn add(&mut self, other: &Evidence) {
        self.point_decimal += other.point_decimal;
        self.point_thousands += other.point_thousands;
        self.comma_decimal += other.comma_decimal;
        self.comma_thousands += other.comma_thousands;
    }

    /// What the file as a whole says: the decimal separator, if it shows one.
    fn decimal(&self) -> Option<u8> {
        let point = self.point_decimal + self.comma_thousands;
        let comma = self.comma_decimal + self.point_thousands;
        match point.cmp(&comma) {
            std::cmp::Ordering::Greater => Some(b'.'),
            std::cmp::Ordering::Less => Some(b','),
            std::cmp::Ordering::Equal => None,
        }
    }

    /// Decides the format of the column. The second part says how open cells were decided, if there are any.
    pub(crate) fn decide(&self, file: &Evidence) -> (NumberFormat, Option<(char, Ground)>) {
        let mut format = NumberFormat::default();
        let own = self.decimal();
        if let Some(decimal) = own {
            (format.point, format.comma) = meanings(decimal);
            let open = if self.point_open > 0 {
                Some('.')
            } else if self.comma_open > 0 {
                Some(',')
            } else {
                None
            };
            return (format, open.map(|c| (c, Ground::Column)));
        }
        let open = match (self.point_open, self.comma_open) {
            (0, 0) => return (format, None),
            (points, commas) if points >= commas => b'.',
            _ => b',',
        };
        let other = if open == b'.' { b',' } else { b'.' };
        let (decimal, ground) = if self.ungrouped > 0 {
            (open, Ground::Ungrouped)
        } else if let Some(decimal) = file.decimal() {
            (decimal, Ground::File)
        } else {
            // German custom: the comma is the decimal separator, the point groups thousands.
            (if open == b'.' { other } else { open }, Ground::Custom)
        };
        (format.point, format.comma) = meanings(decimal);
        (format, Some((char::from(open), ground)))
    }
}

fn meanings(decimal: u8) -> (Meaning, Meaning) {
    if decimal == b'.' {
        (Meaning::Decimal, Meaning::Thousands)
    } else {
        (Meaning::Thousands, Meaning::Decimal)
    }
}

/// Whether one separator can only be a decimal one.
fn decisive(shape: &Shape) -> bool {
    shape.after != 3 || !(1..=3).contains(&shape.before) || shape.leading_zero
}

impl NumberFormat {
    /// The format the mapping states.
    pub(crate) fn stated(decimal: Option<char>, thousands: Option<char>) -> Option<Self> {
        let mut format = NumberFormat { decided_by_mapping: true, ..Self::default() };
        let set = |format: &mut Self, separator: char, meaning| match separator {
            '.' => format.point = meaning,
            ',' => format.comma = meaning,
            _ => {}
        };
        match (decimal, thousands) {
            (None, None) => return None,
            (Some(decimal), _) => {
                let (point, comma) = meanings(if decimal == '.' { b'.' } else { b',' });
                (format.point, format.comma) = (point, comma);
            }
            (None, Some(thousands)) => {
                if thousands == '.' {
                    set(&mut format, ',', Meaning::Decimal);
                } else {
                    set(&mut format, '.', Meaning::Decimal);
                }
                set(&mut format, thousands, Meaning::Thousands);
            }
        }
        Some(format)
    }

    /// The decimal separator of the fast path.
    pub(crate) fn fast_decimal(self) -> u8 {
        match (self.point, self.comma) {
            (Meaning::Decimal, _) => b'.',
            (_, Meaning::Decimal) => b',',
            _ => 0,
        }
    }

    /// Reads a number in this format. Text is trimmed; a sign may stand in front.
    pub(crate) fn parse(self, text: &str) -> Result<f64, NumberProblem> {
        let (negative, rest) = match text.strip_prefix(['-', '−', '–']) {
            Some(rest) => (true, rest.trim_start()),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let compact;
        let digits = if rest.contains(is_group_space) {
            compact = without_group_spaces(rest).ok_or(NumberProblem::NotANumber)?;
            compact.as_str()
        } else {
            rest
        };
        if let Some(value) = exponent(digits) {
            return Ok(if negative { -value } else { value });
        }
        let shape = shape(digits).ok_or(NumberProblem::NotANumber)?;
        let (decimal, thousands) = self.roles(&shape)?;
        let mut plain = String::with_capacity(digits.len());
        for c in digits.chars() {
            if Some(c) == decimal {
                plain.push('.');
            } else if Some(c) != thousands {
                plain.push(c);
            }
        }
        let value: f64 = plain.parse().map_err(|_| NumberProblem::NotANumber)?;
        if !value.is_finite() {
            return Err(NumberProblem::NotANumber);
        }
        Ok(if negative { -value } else { value })
    }

    /// Which separator is which in one number.
    fn roles(self, shape: &Shape) -> Result<(Option<char>, Option<char>), NumberProblem> {
        let meaning = |separator: u8| if separator == b'.' { self.point } else { self.comma };
        match (shape.points, shape.commas) {
            (0, 0) => Ok((None, None)),
            (1.., 1..) => {
                let (decimal, thousands) = if shape.last == b',' { (b',', b'.') } else { (b'.', b',') };
                let last_count = if decimal == b',' { shape.commas } else { shape.points };
                if last_count != 1 || !groups_before_last(shape) {
                    return Err(NumberProblem::NotANumber);
                }
                if meaning(decimal) == Meaning::Thousands || meaning(thousands) == Meaning::Decimal {
                    return Err(NumberProblem::OtherFormat);
                }
                Ok((Some(char::from(decimal)), Some(char::from(thousands))))
            }
            (points, commas) => {
                let separator = if points > 0 { b'.' } else { b',' };
                let groups = shape.grouped && shape.after == 3 && !shape.leading_zero;
                let many = points + commas > 1;
                let c = char::from(separator);
                match meaning(separator) {
                    Meaning::Decimal if many => {
                        Err(if groups { NumberProblem::OtherFormat } else { NumberProblem::NotANumber })
                    }
                    Meaning::Decimal => Ok((Some(c), None)),
                    Meaning::Thousands if groups => Ok((None, Some(c))),
                    Meaning::Thousands if many => Err(NumberProblem::NotANumber),
                    Meaning::Thousands => Err(NumberProblem::OtherFormat),
                    Meaning::Unknown if many && groups => Ok((None, Some(c))),
                    Meaning::Unknown if many => Err(NumberProblem::NotANumber),
                    Meaning::Unknown if decisive(shape) => Ok((Some(c), None)),
                    Meaning::Unknown => Err(NumberProblem::Ambiguous),
                }
            }
        }
    }
}

/// All groups but the last part have three digits (`1.234.567,8`).
fn groups_before_last(shape: &Shape) -> bool {
    shape.grouped && !shape.leading_zero
}

/// `1.5E+05` as spreadsheets export it: a mantissa with at most one separator.
fn exponent(digits: &str) -> Option<f64> {
    let (mantissa, power) = digits.split_once(['E', 'e'])?;
    let power: i32 = power.strip_prefix('+').unwrap_or(power).parse().ok()?;
    let (whole, rest) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    let fits = |part: &str| !part.is_empty() && part.len() <= 20 && part.bytes().all(|b| b.is_ascii_digit());
    if !fits(whole) || !fits(rest) || whole.len() != 1 || power.abs() > 300 {
        return None;
    }
    format!("{whole}.{rest}e{power}").parse().ok().filter(|value: &f64| value.is_finite())
}

fn is_group_space(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}' | '\u{2007}' | '\'' | '’')
}

/// Takes out spaces between groups of exactly three digits; `None` when they stand elsewhere.
fn without_group_spaces(text: &str) -> Option<String> {
    let end = text.find([',', '.']).unwrap_or(text.len());
    let (whole, rest) = text.split_at(end);
    let mut out = String::with_capacity(text.len());
    for (index, part) in whole.split(is_group_space).enumerate() {
        let fits = if index == 0 { (1..=3).contains(&part.len()) } else { part.len() == 3 };
        if !fits || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        out.push_str(part);
    }
    if rest.contains(is_group_space) {
        return None;
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(cells: &[&str]) -> (NumberFormat, Option<(char, Ground)>) {
        let mut evidence = Evidence::default();
        for cell in cells {
            evidence.see(cell);
        }
        evidence.decide(&Evidence::default())
    }

    #[test]
    fn columns_decide_by_what_they_show() {
        let check = |cells: &[&str], text: &str, expected: Result<f64, NumberProblem>, ground| {
            let (format, how) = format(cells);
            assert_eq!(format.parse(text), expected, "{cells:?} {text}");
            assert_eq!(how.map(|(_, ground)| ground), ground, "{cells:?}");
        };
        check(&["12,5", "1.234"], "1.234", Ok(1234.0), Some(Ground::Column));
        check(&["12.5", "1.234"], "1.234", Ok(1.234), Some(Ground::Column));
        check(&["1.234.567"], "1.234", Ok(1234.0), None);
        check(&["1.234", "5678"], "1.234", Ok(1.234), Some(Ground::Ungrouped));
        check(&["1.234", "567"], "1.234", Ok(1234.0), Some(Ground::Custom));
        check(&["1,234"], "1,234", Ok(1.234), Some(Ground::Custom));
        check(&["1,234.5"], "1,234", Ok(1234.0), None);
        check(&["12"], "1.234", Err(NumberProblem::Ambiguous), None);
        check(&["12"], "0.234", Ok(0.234), None);
        check(&["12,5"], "12.5", Err(NumberProblem::OtherFormat), None);
        check(&["12,5"], "1 234,5", Ok(1234.5), None);
        check(&["12,5"], "1\u{202f}234\u{202f}567", Ok(1_234_567.0), None);
        check(&["12,5"], "1'234,5", Ok(1234.5), None);
        check(&["12,5"], "−1.234,5", Ok(-1234.5), None);
        check(&["12,5"], "12 34", Err(NumberProblem::NotANumber), None);
        check(&["12,5"], "1,2E+05", Ok(120_000.0), None);
        check(&["12,5"], "1.23.4", Err(NumberProblem::NotANumber), None);
        check(&["12,5"], ",5", Ok(0.5), None);
        check(&["12,5"], ".", Err(NumberProblem::NotANumber), None);
        check(&["12,5"], "", Err(NumberProblem::NotANumber), None);
    }

    proptest::proptest! {
        #[test]
        fn the_fast_path_equals_the_slow_one(n in -1_000_000_000_000_000i64..1_000_000_000_000_000, k in 0usize..12) {
            let digits = format!("{:0>13}", n.abs());
            let (whole, rest) = digits.split_at(digits.len() - k);
            let sign = if n < 0 { "-" } else { "" };
            let text = if k == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole},{rest}") };
            if let Some(value) = plain(text.as_bytes(), b',') {
                proptest::prop_assert_eq!(value, text.replace(',', ".").parse::<f64>().unwrap());
            }
        }

        #[test]
        fn no_text_panics(text in "[-+0-9., 'eE]{0,20}") {
            let mut evidence = Evidence::default();
            evidence.see(&text);
            let (format, _) = evidence.decide(&Evidence::default());
            let _ = format.parse(&text);
        }
    }
}
