//! Dates of birth as offices write them.

/// A date as eight decimal digits, year, month, day, one in each half byte; it need not exist in the calendar, since
/// wrong digits are what linkage has to see.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(u32);

fn digits(number: u32, places: u32) -> u32 {
    (0..places).fold(0, |code, place| code | ((number / 10_u32.pow(place) % 10) << (4 * place)))
}

impl Date {
    /// From numbers; `None` outside 4 + 2 + 2 digits or with a year 0.
    pub fn new(year: u32, month: u32, day: u32) -> Option<Self> {
        let fits = (1..=9999).contains(&year) && month <= 99 && day <= 99;
        fits.then(|| Self(digits(year, 4) << 16 | digits(month, 2) << 8 | digits(day, 2)))
    }

    /// Reads 2014-03-09, 2014-03-09T00:00:00, 09.03.2014, 9.3.14 (years up to 29 as 20xx), 2014/03/09, 09/03/2014,
    /// 20140309 and 09032014. `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let day_only = text.split(['T', ' ']).next()?;
        let mut numbers = [0_u32; 3];
        let mut lengths = [0_usize; 3];
        let mut part = 0;
        for byte in day_only.bytes() {
            match byte {
                b'0'..=b'9' => {
                    if lengths[part] >= 8 {
                        return None;
                    }
                    numbers[part] = numbers[part] * 10 + u32::from(byte - b'0');
                    lengths[part] += 1;
                }
                b'-' | b'.' | b'/' if part < 2 && lengths[part] > 0 => part += 1,
                _ => return None,
            }
        }
        let [a, b, c] = numbers;
        match (part, lengths) {
            (0, [8, ..]) => {
                let year_first = matches!(a / 1_000_000, 17..=20);
                let day_first = matches!(a / 100 % 100, 17..=20) && !year_first;
                if day_first {
                    Self::new(a % 10_000, a / 10_000 % 100, a / 1_000_000)
                } else {
                    Self::new(a / 10_000, a / 100 % 100, a % 100)
                }
            }
            (2, [4, 1..=2, 1..=2]) => Self::new(a, b, c),
            (2, [1..=2, 1..=2, 4]) => Self::new(c, b, a),
            (2, [1..=2, 1..=2, 2]) => Self::new(if c < 30 { 2000 + c } else { 1900 + c }, b, a),
            _ => None,
        }
    }

    /// The digits as a number in hexadecimal, 0x2014_0309.
    pub fn code(self) -> u32 {
        self.0
    }

    /// Year, month and day as written; equal digits mean equal parts.
    pub fn parts(self) -> [u32; 3] {
        [self.0 >> 16, self.0 >> 8 & 0xff, self.0 & 0xff]
    }

    /// Whether one is the other with day and month exchanged (and they differ).
    pub fn swapped(self, other: Self) -> bool {
        let exchanged = self.0 & 0xffff_0000 | (self.0 & 0xff) << 8 | self.0 >> 8 & 0xff;
        exchanged == other.0 && self != other
    }

    /// Number of digits that differ, 0 to 8.
    pub fn digits_apart(self, other: Self) -> u32 {
        let differ = self.0 ^ other.0;
        let any = differ | differ >> 1;
        let any = (any | any >> 2) & 0x1111_1111;
        any.count_ones()
    }

    /// Whether two neighbouring digits are exchanged, and nothing else differs.
    pub fn neighbours_exchanged(self, other: Self) -> bool {
        (0..7).any(|place| {
            let low = self.0 >> (4 * place) & 0xf;
            let high = self.0 >> (4 * place + 4) & 0xf;
            let rest = self.0 & !(0xff << (4 * place));
            low != high && rest | (low << 4 | high) << (4 * place) == other.0
        })
    }

    /// Number of parts (year, month, day) that agree.
    pub fn parts_agreeing(self, other: Self) -> u32 {
        let [a, b] = [self.parts(), other.parts()];
        a.iter().zip(b).filter(|(x, y)| **x == *y).count() as u32
    }

    /// Whether the day is 1 January, which offices enter when day and month are not known.
    pub fn placeholder(self) -> bool {
        self.0 & 0xffff == 0x0101
    }

    /// The day so many days after 1 January 1970; `None` outside the years 1 to 9999.
    pub fn from_days(days: i64) -> Option<Self> {
        // Eras of 400 years that begin on 1 March (Hinnant, H. (2021), chrono-compatible low-level date algorithms).
        let shifted = days.checked_add(719_468)?;
        let (era, day) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let of_year = day - (365 * year + year / 4 - year / 100);
        let from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = year + era * 400 + i64::from(month <= 2);
        let small = |number: i64| u32::try_from(number).ok();
        Self::new(small(year)?, small(month)?, small(day)?)
    }

    /// Days since 1 January 1970 of the Gregorian calendar; `None` for a date that does not exist.
    pub fn days(self) -> Option<i64> {
        let [year, month, day] = self.parts().map(|part| {
            (0..4).rev().fold(0_i64, |number, place| number * 10 + i64::from(part >> (4 * place) & 0xf))
        });
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let length = match month {
            2 => 28 + i64::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        if !(1..=length).contains(&day) {
            return None;
        }
        // Months counted from March, so that the leap day is last.
        let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        Some(
            365 * y + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + (153 * m + 2) / 5 + day
                - 719_469,
        )
    }
}

/// A date of birth never reaches a log.
impl std::fmt::Debug for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Date(…)")
    }
}

/// As ISO 8601 writes it.
impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [year, month, day] = self.parts();
        write!(f, "{year:04x}-{month:02x}-{day:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn days_are_counted_both_ways() {
        for (days, text) in
            [(0, "1970-01-01"), (-1, "1969-12-31"), (16_138, "2014-03-09"), (11_016, "2000-02-29")]
        {
            let date = Date::from_days(days).unwrap();
            assert_eq!((date.to_string().as_str(), date.days()), (text, Some(days)));
        }
        assert_eq!(Date::from_days(i64::MAX), None);
        assert_eq!(Date::from_days(-800_000), None);
    }

    #[test]
    fn dates_are_read_however_they_are_written() {
        for text in [
            "2014-03-09",
            "2014-03-09T00:00:00",
            "2014-03-09 00:00",
            "09.03.2014",
            "9.3.2014",
            "9.3.14",
            "20140309",
            "09032014",
            "2014/03/09",
            "09/03/2014",
        ] {
            assert_eq!(Date::parse(text).map(Date::code), Some(0x2014_0309), "{text}");
        }
        assert_eq!(Date::parse("19391472").map(Date::code), Some(0x1939_1472));
        for text in
            ["", "x", "2014", "2014-03", "2014-03-09-01", "1.1.1.1", "0000-01-01", "-1-1", "123456789"]
        {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }

    #[test]
    fn errors_of_dates() {
        let date = |text| Date::parse(text).unwrap();
        let [a, b] = [date("2014-03-09"), date("2014-09-03")];
        assert!(a.swapped(b) && b.swapped(a) && !a.swapped(a));
        assert_eq!(a.digits_apart(date("2014-03-19")), 1);
        assert_eq!(a.digits_apart(date("2015-13-19")), 3);
        assert!(date("2014-12-21").neighbours_exchanged(date("2014-12-12")));
        assert!(!a.neighbours_exchanged(a));
        assert_eq!(a.parts_agreeing(b), 1);
        assert!(date("2014-01-01").placeholder() && !a.placeholder());
        assert_eq!(date("1970-01-01").days(), Some(0));
        assert_eq!(date("2000-02-29").days(), Some(11_016));
        assert_eq!(date("2001-02-29").days(), None);
    }
}
