//! Dimensions of a table with their hierarchies.

use std::collections::BTreeMap;

/// One dimension: a total, its breakdowns, and the finest codes everything is made of.
///
/// Node 0 is the total. A node may lie in several breakdowns (a block in its Ortsteil and in its Sozialraum); each
/// breakdown says that its children make its parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dimension {
    /// Name, as the column is called.
    pub name: String,
    /// Codes of the nodes; the first is the total.
    pub codes: Vec<String>,
    /// Breakdowns: parent and children.
    pub sums: Vec<(u32, Vec<u32>)>,
    /// Breakdowns by parent.
    of_parent: Vec<Vec<u32>>,
    /// Parents of every node.
    parents: Vec<Vec<u32>>,
    /// The finest nodes, ascending.
    leaves: Vec<u32>,
    /// Every node above each finest node and itself, ascending; empty for other nodes.
    above: Vec<Vec<u32>>,
}

/// Why a hierarchy cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DimensionError {
    /// A node lies above itself.
    #[error(
        "In der Gliederung „{dimension}“ liegt „{code}“ in sich selbst. Abhilfe: die Eltern in der Hierarchiedatei prüfen."
    )]
    Circle {
        /// Dimension.
        dimension: String,
        /// Code.
        code: String,
    },
    /// A code comes twice where it may come once.
    #[error(
        "In der Gliederung „{dimension}“ kommt „{code}“ mehrfach mit verschiedenen Eltern vor. Abhilfe: jedem Schlüssel genau ein Elternteil geben; eine zweite Gliederung unter [[dimensions.also]] nennen."
    )]
    TwoParents {
        /// Dimension.
        dimension: String,
        /// Code.
        code: String,
    },
    /// A second breakdown does not reach the finest codes in every part.
    #[error(
        "In der Gliederung „{dimension}“ deckt die Aufteilung von „{code}“ nicht dieselben feinsten Schlüssel ab. Abhilfe: in jeder Aufteilung alle Teile nennen."
    )]
    NotTheSame {
        /// Dimension.
        dimension: String,
        /// Code of the whole.
        code: String,
    },
}

impl Dimension {
    /// A total and its parts.
    pub fn flat(name: &str, total: &str, parts: &[&str]) -> Self {
        let mut codes = vec![total.to_string()];
        codes.extend(parts.iter().map(ToString::to_string));
        let sums = if parts.is_empty() { vec![] } else { vec![(0, (1..codes.len() as u32).collect())] };
        Self::linked(name.into(), codes, sums)
    }

    /// A dimension from codes and breakdowns, of which the first code is the total.
    ///
    /// # Errors
    /// [`DimensionError`] where a node lies in itself or breakdowns of one node do not cover the same finest codes.
    pub fn new(name: &str, codes: Vec<String>, sums: Vec<(u32, Vec<u32>)>) -> Result<Self, DimensionError> {
        let circle = |node: u32| DimensionError::Circle {
            dimension: name.into(),
            code: codes.get(node as usize).cloned().unwrap_or_default(),
        };
        // Peel nodes whose parents are all peeled; what stays lies in a circle.
        let mut waiting: Vec<usize> = vec![0; codes.len()];
        for (_, children) in &sums {
            for &child in children {
                waiting[child as usize] += 1;
            }
        }
        let mut open: Vec<u32> =
            (0..codes.len() as u32).filter(|&node| waiting[node as usize] == 0).collect();
        let mut peeled = 0;
        while let Some(node) = open.pop() {
            peeled += 1;
            for (_, children) in sums.iter().filter(|(parent, _)| *parent == node) {
                for &child in children {
                    waiting[child as usize] -= 1;
                    if waiting[child as usize] == 0 {
                        open.push(child);
                    }
                }
            }
        }
        if peeled < codes.len() {
            let node = (0..codes.len() as u32).find(|&node| waiting[node as usize] > 0).unwrap_or(0);
            return Err(circle(node));
        }
        let dimension = Self::linked(name.into(), codes, sums);
        for &(parent, ref children) in &dimension.sums {
            let mut below: Vec<u32> =
                children.iter().flat_map(|&child| dimension.leaves_below(child)).collect();
            below.sort_unstable();
            if below != dimension.leaves_below(parent) {
                return Err(DimensionError::NotTheSame {
                    dimension: dimension.name.clone(),
                    code: dimension.codes[parent as usize].clone(),
                });
            }
        }
        Ok(dimension)
    }

    /// A dimension from chains of codes below the total, coarsest first, one per finest code.
    ///
    /// # Errors
    /// [`DimensionError::TwoParents`] for a code that comes with two parents, [`DimensionError::Circle`].
    pub fn from_chains(name: &str, total: &str, chains: &[Vec<String>]) -> Result<Self, DimensionError> {
        let mut numbers: BTreeMap<&str, u32> = BTreeMap::from([(total, 0)]);
        let mut parent_of: BTreeMap<&str, &str> = BTreeMap::new();
        for chain in chains {
            let mut parent = total;
            for code in chain {
                match parent_of.get(code.as_str()) {
                    _ if code == total => {
                        return Err(DimensionError::Circle { dimension: name.into(), code: code.clone() });
                    }
                    Some(known) if *known != parent => {
                        return Err(DimensionError::TwoParents {
                            dimension: name.into(),
                            code: code.clone(),
                        });
                    }
                    _ => parent_of.insert(code, parent),
                };
                parent = code;
            }
        }
        let mut codes = vec![total.to_string()];
        for code in parent_of.keys() {
            numbers.insert(code, codes.len() as u32);
            codes.push(code.to_string());
        }
        let mut sums: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (code, parent) in &parent_of {
            sums.entry(numbers[parent]).or_default().push(numbers[code]);
        }
        Self::new(name, codes.clone(), sums.into_iter().collect())
    }

    /// Adds a second way to take the total apart: parents of finest codes that are no nodes yet.
    ///
    /// # Errors
    /// As [`Dimension::new`].
    pub fn also(self, groups: &BTreeMap<String, Vec<String>>) -> Result<Self, DimensionError> {
        let (name, mut codes, mut sums) = (self.name, self.codes, self.sums);
        let number =
            |codes: &[String], code: &str| codes.iter().position(|known| known == code).map(|n| n as u32);
        let mut parts = Vec::new();
        for (code, members) in groups {
            if number(&codes, code).is_some() {
                return Err(DimensionError::TwoParents { dimension: name, code: code.clone() });
            }
            let members: Vec<u32> = members.iter().filter_map(|member| number(&codes, member)).collect();
            parts.push(codes.len() as u32);
            sums.push((codes.len() as u32, members));
            codes.push(code.clone());
        }
        sums.push((0, parts));
        Self::new(&name, codes, sums)
    }

    fn linked(name: String, codes: Vec<String>, sums: Vec<(u32, Vec<u32>)>) -> Self {
        let nodes = codes.len();
        let (mut of_parent, mut parents) = (vec![Vec::new(); nodes], vec![Vec::new(); nodes]);
        for (number, (parent, children)) in sums.iter().enumerate() {
            of_parent[*parent as usize].push(number as u32);
            for &child in children {
                parents[child as usize].push(*parent);
            }
        }
        let leaves: Vec<u32> =
            (0..nodes as u32).filter(|&node| of_parent[node as usize].is_empty()).collect();
        let mut above = vec![Vec::new(); nodes];
        for &leaf in &leaves {
            let mut chain = vec![leaf];
            let mut next = 0;
            while let Some(&node) = chain.get(next) {
                next += 1;
                for &parent in &parents[node as usize] {
                    if !chain.contains(&parent) {
                        chain.push(parent);
                    }
                }
            }
            chain.sort_unstable();
            above[leaf as usize] = chain;
        }
        Self { name, codes, sums, of_parent, parents, leaves, above }
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there is no node; never, since there is a total.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The node of a code.
    pub fn node(&self, code: &str) -> Option<u32> {
        self.codes.iter().position(|known| known == code).map(|node| node as u32)
    }

    /// The finest nodes, ascending.
    pub fn leaves(&self) -> &[u32] {
        &self.leaves
    }

    /// Every node above a finest node, and itself, ascending; empty for other nodes.
    pub fn above(&self, leaf: u32) -> &[u32] {
        &self.above[leaf as usize]
    }

    /// The finest nodes below a node, ascending; itself for a finest node.
    pub fn leaves_below(&self, node: u32) -> Vec<u32> {
        let below = |leaf: &&u32| self.above[**leaf as usize].binary_search(&node).is_ok();
        self.leaves.iter().filter(below).copied().collect()
    }

    /// The breakdowns of a node.
    pub fn breakdowns(&self, node: u32) -> impl Iterator<Item = &[u32]> {
        self.of_parent[node as usize].iter().map(|&sum| self.sums[sum as usize].1.as_slice())
    }

    /// The parents of a node.
    pub fn parents(&self, node: u32) -> &[u32] {
        &self.parents[node as usize]
    }

    /// Whether every node has at most one parent and one breakdown.
    pub fn is_tree(&self) -> bool {
        self.parents.iter().all(|parents| parents.len() <= 1)
            && self.of_parent.iter().all(|sums| sums.len() <= 1)
    }

    /// Whether all parts lie directly below the total.
    pub fn is_flat(&self) -> bool {
        self.sums.len() <= 1
    }
}
