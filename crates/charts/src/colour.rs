//! Colours: OKLCH to sRGB, contrast, and how colour-blind readers see them.
//!
//! Sources: B. Ottosson, "A perceptual color space for image processing" (2020), for OKLab; WCAG 2.2, section
//! "relative luminance", for contrast; G. Machado, M. Oliveira, L. Fernandes, "A physiologically-based model
//! for simulation of color vision deficiency", IEEE TVCG 15 (2009), table of severity 1.0.

use std::fmt;

/// A colour of the screen (sRGB, eight bits per channel). Displays as `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Colour {
    /// Red.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
}

/// How a reader sees colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vision {
    /// All three kinds of cones.
    Typical,
    /// No cones for long waves (red-blind).
    Protanopia,
    /// No cones for middle waves (green-blind).
    Deuteranopia,
    /// No cones for short waves (blue-blind).
    Tritanopia,
    /// A print without colour.
    Greyscale,
}

fn to_linear(channel: u8) -> f64 {
    let c = f64::from(channel) / 255.0;
    if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
}

fn from_linear(value: f64) -> f64 {
    if value <= 0.003_130_8 { 12.92 * value } else { 1.055 * value.powf(1.0 / 2.4) - 0.055 }
}

fn to_byte(value: f64) -> u8 {
    (from_linear(value.clamp(0.0, 1.0)) * 255.0).round() as u8
}

fn oklab_to_linear(l: f64, a: f64, b: f64) -> [f64; 3] {
    let long = (l + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let middle = (l - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let short = (l - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    [
        4.076_741_662_1 * long - 3.307_711_591_3 * middle + 0.230_969_929_2 * short,
        -1.268_438_004_6 * long + 2.609_757_401_1 * middle - 0.341_319_396_5 * short,
        -0.004_196_086_3 * long - 0.703_418_614_7 * middle + 1.707_614_701_0 * short,
    ]
}

impl Colour {
    /// Black.
    pub const BLACK: Colour = Colour::rgb(0, 0, 0);
    /// White.
    pub const WHITE: Colour = Colour::rgb(255, 255, 255);

    /// A colour from its channels.
    pub const fn rgb(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// A colour from OKLab coordinates; channels outside the screen's range are cut.
    pub fn oklab(l: f64, a: f64, b: f64) -> Self {
        let [red, green, blue] = oklab_to_linear(l, a, b);
        Self { red: to_byte(red), green: to_byte(green), blue: to_byte(blue) }
    }

    /// A colour from OKLCH (lightness 0..1, chroma, hue in degrees). A chroma the screen cannot show is reduced
    /// until it can, so that lightness and hue stay what they were meant to be.
    pub fn oklch(lightness: f64, chroma: f64, hue: f64) -> Self {
        let (sin, cos) = hue.to_radians().sin_cos();
        let fits = |c: f64| {
            oklab_to_linear(lightness, c * cos, c * sin).iter().all(|v| (-1e-4..=1.0001).contains(v))
        };
        let mut chroma = chroma.max(0.0);
        if !fits(chroma) {
            let (mut low, mut high) = (0.0, chroma);
            for _ in 0..30 {
                let middle = (low + high) / 2.0;
                if fits(middle) { low = middle } else { high = middle }
            }
            chroma = low;
        }
        Self::oklab(lightness, chroma * cos, chroma * sin)
    }

    /// OKLab coordinates.
    pub fn to_oklab(self) -> [f64; 3] {
        let [r, g, b] = [to_linear(self.red), to_linear(self.green), to_linear(self.blue)];
        let long = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let middle = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let short = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        [
            0.210_454_255_3 * long + 0.793_617_785_0 * middle - 0.004_072_046_8 * short,
            1.977_998_495_1 * long - 2.428_592_205_0 * middle + 0.450_593_709_9 * short,
            0.025_904_037_1 * long + 0.782_771_766_2 * middle - 0.808_675_766_0 * short,
        ]
    }

    /// Relative luminance, 0 (black) to 1 (white).
    pub fn luminance(self) -> f64 {
        0.2126 * to_linear(self.red) + 0.7152 * to_linear(self.green) + 0.0722 * to_linear(self.blue)
    }

    /// Contrast of two colours, 1 (none) to 21 (black on white).
    pub fn contrast(self, other: Colour) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Black or white, whichever reads better on this colour. One of the two always has at least 4.5 : 1.
    pub fn ink(self) -> Colour {
        if self.contrast(Colour::WHITE) >= self.contrast(Colour::BLACK) {
            Colour::WHITE
        } else {
            Colour::BLACK
        }
    }

    /// The colour as a reader with this vision sees it.
    pub fn seen_with(self, vision: Vision) -> Colour {
        let matrix: [[f64; 3]; 3] = match vision {
            Vision::Typical => return self,
            Vision::Protanopia => [
                [0.152286, 1.052583, -0.204868],
                [0.114503, 0.786281, 0.099216],
                [-0.003882, -0.048116, 1.051998],
            ],
            Vision::Deuteranopia => [
                [0.367322, 0.860646, -0.227968],
                [0.280085, 0.672501, 0.047413],
                [-0.011820, 0.042940, 0.968881],
            ],
            Vision::Tritanopia => [
                [1.255528, -0.076749, -0.178779],
                [-0.078411, 0.930809, 0.147602],
                [0.004733, 0.691367, 0.303900],
            ],
            Vision::Greyscale => [[0.2126, 0.7152, 0.0722]; 3],
        };
        let rgb = [to_linear(self.red), to_linear(self.green), to_linear(self.blue)];
        let row = |r: [f64; 3]| to_byte(r[0] * rgb[0] + r[1] * rgb[1] + r[2] * rgb[2]);
        Colour { red: row(matrix[0]), green: row(matrix[1]), blue: row(matrix[2]) }
    }

    /// How different two colours look: the distance in OKLab times 100. About 2 is just noticeable.
    pub fn difference(self, other: Colour) -> f64 {
        let (a, b) = (self.to_oklab(), other.to_oklab());
        100.0 * a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt()
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reference values: contrast from the WCAG definition (21 : 1, and #767676 on white 4.54 : 1);
    /// OKLCH from the colour picker of the author of OKLab (red = 0.628, 0.2577, 29.23).
    #[test]
    fn reference_colours() {
        assert!((Colour::BLACK.contrast(Colour::WHITE) - 21.0).abs() < 1e-9);
        assert!((Colour::rgb(0x76, 0x76, 0x76).contrast(Colour::WHITE) - 4.54).abs() < 0.005);
        assert_eq!(Colour::oklch(0.62796, 0.25768, 29.234).to_string(), "#ff0000");
        assert_eq!(Colour::oklch(1.0, 0.0, 0.0), Colour::WHITE);
    }

    proptest::proptest! {
        #[test]
        fn ink_can_be_read_on_every_colour(red: u8, green: u8, blue: u8) {
            let colour = Colour::rgb(red, green, blue);
            proptest::prop_assert!(colour.contrast(colour.ink()) >= 4.5);
        }

        #[test]
        fn oklab_goes_there_and_back(red: u8, green: u8, blue: u8) {
            let colour = Colour::rgb(red, green, blue);
            let [l, a, b] = colour.to_oklab();
            proptest::prop_assert_eq!(Colour::oklab(l, a, b), colour);
        }
    }
}
