//! Where the cells of a table stand: the product of its dimensions, the last one running fastest.

use super::dimension::Dimension;
use crate::moves::Relation;

/// Most cells a table may have, margins included.
pub const MOST_CELLS: usize = 4_000_000;

/// The axes of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Dimensions, the last one running fastest.
    pub dimensions: Vec<Dimension>,
    strides: Vec<usize>,
    cells: usize,
}

impl Layout {
    /// Lays out the product of dimensions; `None` beyond [`MOST_CELLS`].
    pub fn new(dimensions: Vec<Dimension>) -> Option<Self> {
        let mut strides = vec![1; dimensions.len()];
        let mut cells: usize = 1;
        for (at, dimension) in dimensions.iter().enumerate().rev() {
            strides[at] = cells;
            cells = cells.checked_mul(dimension.len()).filter(|&cells| cells <= MOST_CELLS)?;
        }
        Some(Self { dimensions, strides, cells })
    }

    /// Number of cells, margins included.
    pub fn len(&self) -> usize {
        self.cells
    }

    /// Whether there are no cells; never, since every dimension has a total.
    pub fn is_empty(&self) -> bool {
        self.cells == 0
    }

    /// How far apart neighbouring nodes of a dimension are.
    pub(crate) fn stride(&self, dimension: usize) -> usize {
        self.strides[dimension]
    }

    /// The node of a cell in a dimension.
    pub fn node(&self, cell: usize, dimension: usize) -> u32 {
        (cell / self.strides[dimension] % self.dimensions[dimension].len()) as u32
    }

    /// The cell of one node per dimension.
    pub fn cell(&self, nodes: &[u32]) -> usize {
        nodes.iter().zip(&self.strides).map(|(&node, stride)| node as usize * stride).sum()
    }

    /// The codes of a cell.
    pub fn codes(&self, cell: usize) -> Vec<&str> {
        let code = |at: usize| self.dimensions[at].codes[self.node(cell, at) as usize].as_str();
        (0..self.dimensions.len()).map(code).collect()
    }

    /// The name of a cell for messages: every dimension that is not the total.
    pub fn name(&self, cell: usize) -> String {
        let parts: Vec<String> = (0..self.dimensions.len())
            .filter(|&at| self.node(cell, at) != 0)
            .map(|at| {
                let dimension = &self.dimensions[at];
                format!("{} {}", dimension.name, dimension.codes[self.node(cell, at) as usize])
            })
            .collect();
        if parts.is_empty() { "Gesamtsumme".into() } else { parts.join(", ") }
    }

    /// Numbers of the finest cells added up into all others.
    pub fn summed(&self, values: &[i64]) -> Vec<i64> {
        let mut all = values.to_vec();
        self.add_up(&mut all, |a: i64, b: i64| a.saturating_add(b));
        all
    }

    /// Adds up the finest cells into all others, in every dimension in turn; `values` holds all cells, and only those of
    /// finest nodes are read.
    pub(crate) fn add_up<T: Copy + Default>(&self, values: &mut [T], add: impl Fn(T, T) -> T) {
        for (at, dimension) in self.dimensions.iter().enumerate() {
            let (stride, nodes) = (self.strides[at], dimension.len());
            let inner: Vec<(u32, Vec<u32>)> = (0..nodes as u32)
                .filter(|&node| dimension.breakdowns(node).next().is_some())
                .map(|node| (node, dimension.leaves_below(node)))
                .collect();
            for block in (0..self.cells).step_by(stride * nodes) {
                for offset in 0..stride {
                    for (node, leaves) in &inner {
                        let sum = leaves
                            .iter()
                            .map(|&leaf| values[block + leaf as usize * stride + offset])
                            .fold(T::default(), &add);
                        values[block + *node as usize * stride + offset] = sum;
                    }
                }
            }
        }
    }

    /// Every sum over cells: the breakdowns of each dimension in every combination of nodes of the others.
    ///
    /// A sum of which another dimension stands at an inner node follows from those of its parts; it is marked and only checked.
    pub(crate) fn relations(&self) -> Vec<Relation> {
        let mut relations = Vec::new();
        for (at, dimension) in self.dimensions.iter().enumerate() {
            for (parent, children) in &dimension.sums {
                let (stride, nodes) = (self.strides[at], dimension.len());
                for block in (0..self.cells).step_by(stride * nodes) {
                    for offset in 0..stride {
                        let cell = |node: u32| (block + node as usize * stride + offset) as u32;
                        let mut members = vec![(cell(*parent), -1)];
                        members.extend(children.iter().map(|&child| (cell(child), 1)));
                        // An earlier dimension at an inner node: its parts say the same.
                        let implied = (0..at).any(|other| {
                            let node = self.node(block + offset, other);
                            self.dimensions[other].breakdowns(node).next().is_some()
                        });
                        relations.push(Relation { members, implied });
                    }
                }
            }
        }
        relations
    }
}
