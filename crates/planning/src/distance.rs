//! Distances between places on the earth.

/// Mean radius of the earth in metres (IUGG, R1 of the GRS 80 ellipsoid rounded to 0.1 m).
const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// A place in degrees of WGS 84.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

/// Great-circle distance in metres (haversine formula; within 0.6 % of the ellipsoid).
///
/// `None` for coordinates that are no place: not finite, latitude beyond ±90, longitude beyond ±180. Source:
/// Sinnott, R. W. (1984), "Virtues of the haversine", Sky and Telescope 68, 159.
pub fn great_circle_m(a: Place, b: Place) -> Option<f64> {
    let good = |p: Place| p.latitude.abs() <= 90.0 && p.longitude.abs() <= 180.0;
    if !good(a) || !good(b) {
        return None;
    }
    let half = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
    let cosines = a.latitude.to_radians().cos() * b.latitude.to_radians().cos();
    let h = half(a.latitude, b.latitude) + cosines * half(a.longitude, b.longitude);
    Some(2.0 * EARTH_RADIUS_M * h.clamp(0.0, 1.0).sqrt().asin())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(latitude: f64, longitude: f64) -> Place {
        Place { latitude, longitude }
    }

    #[test]
    fn known_distances() {
        // A quarter of the meridian of the sphere, and a degree of longitude on the equator.
        for (a, b, metres) in [
            (place(0.0, 0.0), place(90.0, 0.0), 10_007_557.2),
            (place(0.0, 10.0), place(0.0, 11.0), 111_195.1),
            (place(51.33, 6.56), place(51.33, 6.56), 0.0),
            (place(0.0, -180.0), place(0.0, 180.0), 0.0),
        ] {
            assert!((great_circle_m(a, b).unwrap() - metres).abs() < 0.1);
        }
        assert_eq!(great_circle_m(place(91.0, 0.0), place(0.0, 0.0)), None);
        assert_eq!(great_circle_m(place(f64::NAN, 0.0), place(0.0, 0.0)), None);
    }

    proptest::proptest! {
        #[test]
        fn distance_is_a_metric(a in (-90f64..90.0, -180f64..180.0), b in (-90f64..90.0, -180f64..180.0), c in (-90f64..90.0, -180f64..180.0)) {
            let [a, b, c] = [a, b, c].map(|(latitude, longitude)| Place { latitude, longitude });
            let d = |x, y| great_circle_m(x, y).unwrap();
            proptest::prop_assert!((d(a, b) - d(b, a)).abs() < 1e-6);
            proptest::prop_assert!(d(a, c) <= d(a, b) + d(b, c) + 1e-3);
        }
    }
}
