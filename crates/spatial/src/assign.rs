//! Who goes where, if everybody went as near as places allow?

/// Why people cannot be assigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssignError {
    /// The table of ways has gaps.
    #[error(
        "Die Tabelle der Wege hat {found} Einträge; gebraucht werden {needed} (Kinder mal Einrichtungen)."
    )]
    Length {
        /// Entries found.
        found: usize,
        /// Entries needed.
        needed: usize,
    },
    /// A way that is no number or negative.
    #[error("Der Weg von Kind {person} zu Einrichtung {place} ist keine Zahl ab null.")]
    Way {
        /// Position of the person, from 1.
        person: usize,
        /// Position of the place, from 1.
        place: usize,
    },
}

/// Places, who has one, and the cheapest move from each place to each other.
struct State<'a> {
    ways: &'a [f64],
    free: Vec<u32>,
    members: Vec<Vec<u32>>,
    /// Cost of the cheapest move between two places, and who would move.
    moves: Vec<(f64, u32)>,
    price: Vec<f64>,
    price_of_end: f64,
}

/// Assigns each person to a place such that as many as possible get one and the sum of ways is smallest.
///
/// `ways` holds one row per person with the way to each place; infinite where a person cannot go. `places` is the number
/// of free places at each. The result names the place of each person, `None` for those who get none. Of several
/// assignments with the same sum the one that follows from the order of persons and places is given.
///
/// Source: successive shortest paths with node prices (Ahuja, R. K., Magnanti, T. L. and Orlin, J. B. 1993, Network Flows,
/// section 9.7), on the graph of places only.
///
/// # Errors
/// [`AssignError`] for a table that does not fit, or ways that are negative or no numbers.
pub fn assign(ways: &[f64], places: &[u32]) -> Result<Vec<Option<usize>>, AssignError> {
    let count = places.len();
    if count == 0 {
        return if ways.is_empty() {
            Ok(Vec::new())
        } else {
            Err(AssignError::Length { found: ways.len(), needed: 0 })
        };
    }
    if !ways.len().is_multiple_of(count) {
        return Err(AssignError::Length { found: ways.len(), needed: ways.len().div_ceil(count) * count });
    }
    if let Some(at) = ways.iter().position(|way| way.is_nan() || *way < 0.0) {
        return Err(AssignError::Way { person: at / count + 1, place: at % count + 1 });
    }
    let mut state = State {
        ways,
        free: places.to_vec(),
        members: vec![Vec::new(); count],
        moves: vec![(f64::INFINITY, 0); count * count],
        price: vec![0.0; count],
        price_of_end: 0.0,
    };
    // Nobody stays without a place whom a chain of moves could give one: more than all ways together.
    let longest = ways.iter().copied().filter(|way| way.is_finite()).fold(1.0_f64, f64::max);
    let without = longest * (2.0 * count as f64 + 2.0);
    let mut place_of = vec![None; ways.len() / count];
    for person in 0..place_of.len() {
        state.add(person as u32, without, &mut place_of);
    }
    Ok(place_of)
}

impl State<'_> {
    fn way(&self, person: u32, place: usize) -> f64 {
        self.ways[person as usize * self.free.len() + place]
    }

    /// Finds the cheapest chain of moves that makes room for one more person, and makes them.
    fn add(&mut self, person: u32, without: f64, place_of: &mut [Option<usize>]) {
        let count = self.free.len();
        let start = |state: &Self, place: usize| state.way(person, place) - state.price[place];
        let lowest = (0..count).map(|place| start(self, place)).fold(without - self.price_of_end, f64::min);
        let mut reached: Vec<f64> = (0..count).map(|place| start(self, place) - lowest).collect();
        let mut from: Vec<Option<usize>> = vec![None; count];
        let mut done = vec![false; count];
        let mut end = (without - self.price_of_end - lowest, None::<usize>);
        loop {
            let open = (0..count).filter(|place| !done[*place]);
            let Some(place) = open.min_by(|a, b| reached[*a].total_cmp(&reached[*b])) else { break };
            if reached[place] >= end.0 {
                break;
            }
            done[place] = true;
            if self.free[place] > 0 {
                let there = reached[place] + (self.price[place] - self.price_of_end).max(0.0);
                if there < end.0 {
                    end = (there, Some(place));
                }
            }
            for next in (0..count).filter(|next| !done[*next]) {
                let step = self.moves[place * count + next].0 + self.price[place] - self.price[next];
                let there = reached[place] + step.max(0.0);
                if there < reached[next] {
                    (reached[next], from[next]) = (there, Some(place));
                }
            }
            // A person who moves out altogether makes room as well.
            if let Some(leaves) = self.leaving(place, without) {
                let there = reached[place] + (leaves.0 + self.price[place] - self.price_of_end).max(0.0);
                if there < end.0 {
                    end = (there, Some(count + place));
                }
            }
        }
        for (price, reached) in self.price.iter_mut().zip(&reached) {
            *price += reached.min(end.0);
        }
        self.price_of_end += end.0;
        self.follow(person, end.1, &from, without, place_of);
    }

    /// The cheapest person to leave a place without another.
    fn leaving(&self, place: usize, without: f64) -> Option<(f64, u32)> {
        let dearest = self.members[place].iter().map(|member| (self.way(*member, place), *member));
        let dearest = dearest.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))?;
        Some((without - dearest.0, dearest.1))
    }

    /// Makes the moves along the chain that ends at `last`.
    fn follow(
        &mut self,
        person: u32,
        last: Option<usize>,
        from: &[Option<usize>],
        without: f64,
        place_of: &mut [Option<usize>],
    ) {
        let count = self.free.len();
        let Some(last) = last else { return };
        let mut place = last % count;
        if last >= count {
            if let Some((_, leaver)) = self.leaving(place, without) {
                place_of[leaver as usize] = None;
                self.members[place].retain(|member| *member != leaver);
            }
        } else {
            self.free[place] -= 1;
        }
        let mut changed = vec![place];
        while let Some(before) = from[place] {
            let mover = self.moves[before * count + place].1;
            self.members[before].retain(|member| *member != mover);
            self.members[place].push(mover);
            place_of[mover as usize] = Some(place);
            place = before;
            changed.push(place);
        }
        self.members[place].push(person);
        place_of[person as usize] = Some(place);
        for place in changed {
            self.cheapest_moves(place);
        }
    }

    fn cheapest_moves(&mut self, place: usize) {
        let count = self.free.len();
        let row = &mut self.moves[place * count..(place + 1) * count];
        row.fill((f64::INFINITY, 0));
        for member in &self.members[place] {
            let ways = &self.ways[*member as usize * count..(*member as usize + 1) * count];
            let own = ways[place];
            for (cheapest, way) in row.iter_mut().zip(ways) {
                if way - own < cheapest.0 {
                    *cheapest = (way - own, *member);
                }
            }
        }
    }
}
