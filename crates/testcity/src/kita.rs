//! Who attends which Kita from when.

use crate::child::{Child, first_of_month_after};
use crate::draw::{Draw, Stage, Weights};
use crate::household::Ground;
use crate::parameters::Parameters;
use crate::territory::Territory;
use jiff::civil::Date;

/// Children of one Kita in the register, about.
const CHILDREN_PER_KITA: usize = 110;

/// The Kitas: Stadtteil and how much they draw poor children.
pub(crate) struct Kitas {
    /// Index of the Stadtteil of each Kita.
    pub(crate) area: Vec<usize>,
    /// By Stadtteil and poverty (not poor, poor): weights of its Kitas.
    weights: Vec<[Weights; 2]>,
    of_area: Vec<Vec<usize>>,
}

impl Kitas {
    pub(crate) fn new(seed: u64, children: usize, parameters: &Parameters, territory: &Territory) -> Self {
        let mut draw = Draw::new(seed, Stage::Kita, usize::MAX >> 20);
        let areas = territory.len();
        let per_area = (children / 2 / CHILDREN_PER_KITA / areas).max(1);
        let area: Vec<usize> = (0..areas).flat_map(|a| std::iter::repeat_n(a, per_area)).collect();
        let pull: Vec<f64> =
            area.iter().map(|_| parameters.assumed("kita_attraction") * draw.normal()).collect();
        let of_area: Vec<Vec<usize>> =
            (0..areas).map(|a| (0..area.len()).filter(|kita| area[*kita] == a).collect()).collect();
        let weights = of_area.iter().map(|kitas| {
            [-1.0, 1.0].map(|side| Weights::new(kitas.iter().map(|kita| (side * pull[*kita]).exp())))
        });
        Self { weights: weights.collect(), area, of_area }
    }

    /// First day and Kita of a child, if it goes to one by the reference date. `early`: before its third birthday.
    pub(crate) fn place(
        &self,
        ground: &Ground<'_>,
        number: usize,
        child: &Child,
        home: usize,
        early: bool,
    ) -> Option<(Date, usize)> {
        let parameters = ground.parameters;
        let mut draw = Draw::new(ground.seed, Stage::Kita, number);
        let never = draw.chance(parameters.assumed("never_kita"));
        let months = if early { draw.between(12, 34) } else { draw.between(37, 54) };
        let start = first_of_month_after(child.born, i32::try_from(months).unwrap_or(36));
        let elsewhere = ground.territory.weights.draw(&mut draw);
        let area = if draw.chance(parameters.assumed("kita_elsewhere")) { elsewhere } else { home };
        let kita = self.weights[area][usize::from(child.sgb2)].draw(&mut draw);
        // Who goes early goes; only the others may never go.
        let goes = start <= parameters.reference_date && (early || !never);
        goes.then(|| (start, self.of_area[area][kita]))
    }

    /// Share of poor children in each Kita (`None` for an empty one).
    pub(crate) fn poverty(&self, children: &[Child]) -> Vec<Option<f64>> {
        let mut counts = vec![[0_u32; 2]; self.area.len()];
        for child in children {
            if let Some(kita) = child.kita {
                counts[kita][usize::from(child.sgb2)] += 1;
            }
        }
        let share = |[other, poor]: [u32; 2]| match other + poor {
            0 => None,
            all => Some(f64::from(poor) / f64::from(all)),
        };
        counts.into_iter().map(share).collect()
    }
}

/// Last day in the Kita for a child that entered school by the reference date.
pub(crate) fn kita_end(child: &Child, reference: Date) -> Option<Date> {
    let entry = child.born.year() + 6 + i16::from(child.born.month() > 9);
    Date::new(entry, 7, 31).ok().filter(|end| *end < reference)
}
