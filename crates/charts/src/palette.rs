//! Palettes, derived in OKLCH so that lightness alone orders the classes.
//!
//! Lightness falls in equal steps: the order survives black-and-white print and every colour vision. Tests
//! simulate protanopia, deuteranopia, tritanopia and greyscale print and hold neighbours apart.

use crate::Colour;

/// A palette for ordered classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Palette {
    /// Light sky to deep blue.
    #[default]
    Blue,
    /// Pale lime to deep green.
    Green,
    /// Pale rose to deep violet.
    Purple,
    /// Sand to dark brown-red.
    Orange,
    /// Greys, for black-and-white print.
    Grey,
    /// Diverging: deep blue, near white, deep orange.
    BlueOrange,
    /// Diverging: deep violet, near white, deep green.
    PurpleGreen,
}

impl Palette {
    /// All palettes.
    pub const ALL: [Palette; 7] = [
        Palette::Blue,
        Palette::Green,
        Palette::Purple,
        Palette::Orange,
        Palette::Grey,
        Palette::BlueOrange,
        Palette::PurpleGreen,
    ];

    /// Name in URLs.
    pub fn slug(self) -> &'static str {
        match self {
            Palette::Blue => "blau",
            Palette::Green => "gruen",
            Palette::Purple => "violett",
            Palette::Orange => "orange",
            Palette::Grey => "grau",
            Palette::BlueOrange => "blau-orange",
            Palette::PurpleGreen => "violett-gruen",
        }
    }

    /// The palette of a slug.
    pub fn from_slug(slug: &str) -> Option<Palette> {
        Palette::ALL.into_iter().find(|palette| palette.slug() == slug)
    }

    /// German name.
    pub fn name(self) -> &'static str {
        match self {
            Palette::Blue => "Blau",
            Palette::Green => "Grün",
            Palette::Purple => "Violett",
            Palette::Orange => "Orange",
            Palette::Grey => "Grau (für den Schwarz-Weiß-Druck)",
            Palette::BlueOrange => "Blau – Orange (um eine Mitte)",
            Palette::PurpleGreen => "Violett – Grün (um eine Mitte)",
        }
    }

    /// Whether the palette has a light middle and two dark ends.
    pub fn is_diverging(self) -> bool {
        matches!(self, Palette::BlueOrange | Palette::PurpleGreen)
    }

    /// `classes` colours from the lowest class up (1 to 12; other numbers are clamped). One class alone gets a
    /// middle tone.
    pub fn colours(self, classes: usize) -> Vec<Colour> {
        let classes = classes.clamp(1, 12);
        let at = |i: usize| if classes == 1 { 0.5 } else { i as f64 / (classes - 1) as f64 };
        (0..classes).map(|i| self.at(at(i))).collect()
    }

    /// The colour at a position between 0 and 1.
    fn at(self, t: f64) -> Colour {
        // (hue at the light end, hue at the dark end, chroma)
        let (light_hue, dark_hue, chroma) = match self {
            Palette::Blue => (238.0, 258.0, 0.115),
            Palette::Green => (125.0, 158.0, 0.125),
            Palette::Purple => (345.0, 300.0, 0.150),
            Palette::Orange => (88.0, 32.0, 0.150),
            Palette::Grey => (250.0, 250.0, 0.004),
            Palette::BlueOrange => return diverging(t, 252.0, 52.0),
            Palette::PurpleGreen => return diverging(t, 312.0, 148.0),
        };
        let lightness = 0.94 - 0.62 * t;
        let bow = (0.12 + 0.88 * (std::f64::consts::PI * (0.08 + 0.80 * t)).sin()).clamp(0.0, 1.0);
        Colour::oklch(lightness, chroma * bow, light_hue + (dark_hue - light_hue) * t)
    }
}

fn diverging(t: f64, low_hue: f64, high_hue: f64) -> Colour {
    let side = (2.0 * t - 1.0).abs();
    let hue = if t < 0.5 { low_hue } else { high_hue };
    let chroma = 0.15 * (side.powf(0.75) * std::f64::consts::FRAC_PI_2 * 1.15).sin();
    Colour::oklch(0.955 - 0.535 * side, chroma, hue)
}

/// A pattern drawn over the colour of a class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Texture {
    /// Plain.
    #[default]
    Plain,
    /// Small triangles that point up.
    Up,
    /// Small triangles that point down.
    Down,
}

/// How a class looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassStyle {
    /// Colour of the class.
    pub fill: Colour,
    /// Pattern over the colour.
    pub texture: Texture,
    /// Text in the legend, for example "10,0 bis unter 15,0 %".
    pub label: String,
}

impl ClassStyle {
    /// A plain class.
    pub fn plain(fill: Colour, label: impl Into<String>) -> Self {
        Self { fill, texture: Texture::Plain, label: label.into() }
    }
}

/// Twelve classes of social status (1 high to 4 very low) × dynamics (rising, stable, falling), as the social
/// monitoring of Berlin and Hamburg combines them. Index = `3 * status + dynamics`.
///
/// Status is told by lightness and hue, dynamics by a texture: triangles up, plain, triangles down.
pub fn status_dynamics() -> Vec<ClassStyle> {
    let status = [
        ("hoher Status", 0.92, 0.040, 235.0),
        ("mittlerer Status", 0.77, 0.085, 225.0),
        ("niedriger Status", 0.68, 0.135, 62.0),
        ("sehr niedriger Status", 0.43, 0.135, 28.0),
    ];
    let dynamics = [
        ("positive Dynamik", Texture::Up),
        ("stabile Dynamik", Texture::Plain),
        ("negative Dynamik", Texture::Down),
    ];
    let mut out = Vec::with_capacity(12);
    for (name, lightness, chroma, hue) in status {
        for (change, texture) in dynamics {
            out.push(ClassStyle {
                fill: Colour::oklch(lightness, chroma, hue),
                texture,
                label: format!("{name}, {change}"),
            });
        }
    }
    out
}

/// The classes of a map of clusters: high among high, low among low, high among low, low among high, not more than
/// chance, without neighbours.
///
/// The two kinds of outliers have a texture, all six their own lightness, so that the map survives a print in black
/// and white.
pub fn clusters() -> [ClassStyle; 6] {
    let class = |lightness, chroma, hue, texture, label: &str| ClassStyle {
        fill: Colour::oklch(lightness, chroma, hue),
        texture,
        label: label.into(),
    };
    [
        class(0.46, 0.17, 28.0, Texture::Plain, "hoch, umgeben von hoch"),
        class(0.59, 0.13, 252.0, Texture::Plain, "niedrig, umgeben von niedrig"),
        class(0.78, 0.12, 50.0, Texture::Up, "hoch, umgeben von niedrig"),
        class(0.87, 0.07, 235.0, Texture::Down, "niedrig, umgeben von hoch"),
        class(0.945, 0.004, 250.0, Texture::Plain, "nicht auffällig"),
        class(0.69, 0.01, 250.0, Texture::Plain, "ohne Nachbarn"),
    ]
}

/// Up to 8 colours for things without order (lines of a chart). All have at least 3 : 1 on white, and
/// their lightness differs, so that a line keeps its identity without colour.
pub fn categorical(count: usize) -> Vec<Colour> {
    const TONES: [(f64, f64, f64); 8] = [
        (0.41, 0.11, 250.0),
        (0.65, 0.155, 50.0),
        (0.58, 0.19, 352.0),
        (0.50, 0.10, 165.0),
        (0.27, 0.06, 285.0),
        (0.66, 0.11, 235.0),
        (0.36, 0.11, 30.0),
        (0.47, 0.10, 115.0),
    ];
    (0..count)
        .map(|i| {
            let (lightness, chroma, hue) = TONES[i % TONES.len()];
            Colour::oklch(lightness, chroma, hue)
        })
        .collect()
}

/// Nine colours for bivariate maps, index `3 * y + x` with x and y from 0 (low) to 2 (high): x runs to blue,
/// y to orange, both together to near black.
pub fn bivariate() -> [Colour; 9] {
    let corner = |l: f64, c: f64, h: f64| {
        let (sin, cos) = f64::to_radians(h).sin_cos();
        [l, c * cos, c * sin]
    };
    let low = corner(0.95, 0.008, 100.0);
    let right = corner(0.60, 0.125, 245.0);
    let top = corner(0.73, 0.150, 62.0);
    let both = corner(0.31, 0.045, 330.0);
    std::array::from_fn(|i| {
        let (x, y) = ((i % 3) as f64 / 2.0, (i / 3) as f64 / 2.0);
        let mix = |k: usize| {
            low[k] * (1.0 - x) * (1.0 - y)
                + right[k] * x * (1.0 - y)
                + top[k] * (1.0 - x) * y
                + both[k] * x * y
        };
        Colour::oklab(mix(0), mix(1), mix(2))
    })
}

/// Colours of an index from 1 (favourable) to 9 (unfavourable), such as the Sozialindex of NRW's schools.
pub fn index_scale() -> [Colour; 9] {
    std::array::from_fn(|i| {
        let t = i as f64 / 8.0;
        // From light blue over violet to dark red; lightness falls all the way.
        let hue = 235.0 + 150.0 * t;
        let chroma = 0.045 + 0.11 * t.powf(0.8);
        Colour::oklch(0.93 - 0.58 * t, chroma, hue)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Vision;

    const VISIONS: [Vision; 4] =
        [Vision::Typical, Vision::Protanopia, Vision::Deuteranopia, Vision::Tritanopia];

    fn apart(colours: &[Colour], visions: &[Vision], least: f64) {
        for vision in visions {
            for pair in colours.windows(2) {
                let found = pair[0].seen_with(*vision).difference(pair[1].seen_with(*vision));
                assert!(found >= least, "{} {} {vision:?}: {found:.1} < {least}", pair[0], pair[1]);
            }
        }
    }

    #[test]
    fn neighbouring_classes_stay_apart() {
        for palette in Palette::ALL {
            for classes in 2..=9 {
                apart(&palette.colours(classes), &VISIONS, 5.5);
                if !palette.is_diverging() {
                    apart(&palette.colours(classes), &[Vision::Greyscale], 5.0);
                }
            }
        }
        apart(&index_scale(), &VISIONS, 5.5);
    }

    #[test]
    fn ends_of_diverging_palettes_differ_for_everyone() {
        for palette in [Palette::BlueOrange, Palette::PurpleGreen] {
            let colours = palette.colours(7);
            for vision in VISIONS {
                let found = colours[0].seen_with(vision).difference(colours[6].seen_with(vision));
                assert!(found >= 10.0, "{palette:?} {vision:?}: {found:.1}");
            }
        }
    }

    #[test]
    fn lightness_orders_sequential_classes() {
        for palette in Palette::ALL.into_iter().filter(|p| !p.is_diverging()) {
            let colours = palette.colours(9);
            assert!(colours.windows(2).all(|w| w[0].luminance() > w[1].luminance()), "{palette:?}");
        }
        assert!(index_scale().windows(2).all(|w| w[0].luminance() > w[1].luminance()));
    }

    #[test]
    fn labels_can_be_read_on_every_class() {
        let all = Palette::ALL
            .into_iter()
            .flat_map(|palette| (1..=9).flat_map(move |k| palette.colours(k)))
            .chain(bivariate())
            .chain(index_scale())
            .chain(status_dynamics().into_iter().map(|class| class.fill));
        for colour in all {
            assert!(colour.contrast(colour.ink()) >= 4.5, "{colour}");
        }
    }

    #[test]
    fn status_and_bivariate_neighbours_stay_apart() {
        let status: Vec<Colour> = status_dynamics().iter().step_by(3).map(|class| class.fill).collect();
        apart(&status, &VISIONS, 10.0);
        apart(&status, &[Vision::Greyscale], 8.0);
        let nine = bivariate();
        for vision in VISIONS {
            for i in 0..9 {
                for j in 0..i {
                    let found = nine[i].seen_with(vision).difference(nine[j].seen_with(vision));
                    assert!(found >= 7.0, "{i} {j} {vision:?}: {found:.1}");
                }
            }
        }
    }

    #[test]
    fn clusters_can_be_told_apart_by_everyone() {
        let classes = clusters();
        for (i, a) in classes.iter().enumerate() {
            for b in &classes[..i] {
                for vision in VISIONS.into_iter().chain([Vision::Greyscale]) {
                    let found = a.fill.seen_with(vision).difference(b.fill.seen_with(vision));
                    assert!(found >= 6.0, "{} {} {vision:?}: {found:.1}", a.label, b.label);
                }
            }
        }
    }

    #[test]
    fn lines_can_be_seen_and_told_apart() {
        let lines = categorical(8);
        for (i, colour) in lines.iter().enumerate() {
            assert!(colour.contrast(Colour::WHITE) >= 3.0, "{colour}");
            for other in &lines[..i.min(4)] {
                for vision in VISIONS {
                    let found = colour.seen_with(vision).difference(other.seen_with(vision));
                    assert!(found >= 6.0, "{colour} {other} {vision:?}: {found:.1}");
                }
            }
        }
    }

    #[test]
    fn slugs_come_back() {
        for palette in Palette::ALL {
            assert_eq!(Palette::from_slug(palette.slug()), Some(palette));
        }
        assert_eq!(Palette::Blue.colours(0).len(), 1);
        assert_eq!(Palette::Blue.colours(99).len(), 12);
    }
}
