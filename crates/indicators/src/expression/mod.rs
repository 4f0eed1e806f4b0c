//! Arithmetic over variables, as a catalogue writes it: `sgb2_u18 / bev_u18`, `sum(a, b, c)`, `bev["0-2"]`.

mod parse;

use kekiz_base::{Annotation, GroupId, Mark, Observation};
use smol_str::SmolStr;

/// A checked expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    text: String,
    root: Node,
    variables: Vec<Variable>,
}

/// A variable where an expression uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Name of the variable in the datasets.
    pub name: SmolStr,
    /// The group it is taken from (`bev["0-2"]`); `None` takes the group of the cell that is computed.
    pub group: Option<GroupId>,
    /// Where it stands in the expression: character, counted from 1.
    pub position: usize,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Number(f64),
    /// Index into the variables of the expression.
    Variable(usize),
    Negative(Box<Node>),
    Pair(Operator, Box<Node>, Box<Node>),
    Sum(Vec<Node>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// Why a text is no expression. Positions are characters counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// There is nothing but blanks.
    #[error("Der Ausdruck ist leer; erwartet wird der Name einer Variablen oder eine Rechnung wie „a / b“.")]
    Empty,
    /// Something stands where it cannot.
    #[error("Stelle {position}: {found} passt hier nicht; erwartet wird {expected}.")]
    Unexpected {
        /// Where.
        position: usize,
        /// What was found.
        found: String,
        /// What could stand there.
        expected: &'static str,
    },
    /// A character that means nothing.
    #[error(
        "Stelle {position}: das Zeichen „{found}“ hat in einem Ausdruck keine Bedeutung. Abhilfe: Namen mit Sonderzeichen in Backticks setzen, zum Beispiel `Kinder-u6`."
    )]
    Character {
        /// Where.
        position: usize,
        /// The character.
        found: char,
    },
    /// A quotation or bracket that never ends.
    #[error("Stelle {position}: „{open}“ wird nie geschlossen; es fehlt „{close}“.")]
    Open {
        /// Where it begins.
        position: usize,
        /// What was opened.
        open: char,
        /// What would close it.
        close: char,
    },
    /// A function that does not exist.
    #[error("Stelle {position}: die Funktion „{found}“ gibt es nicht; möglich ist nur sum(…).")]
    Function {
        /// Where.
        position: usize,
        /// Its name.
        found: String,
    },
    /// Digits that are no number.
    #[error(
        "Stelle {position}: „{found}“ ist keine Zahl; Dezimalzahlen haben einen Punkt, zum Beispiel 0.5."
    )]
    Number {
        /// Where.
        position: usize,
        /// The digits.
        found: String,
    },
    /// More than an expression may hold.
    #[error(
        "Der Ausdruck ist zu lang oder zu tief geschachtelt (höchstens {characters} Zeichen und {depth} Ebenen). Abhilfe: die Rechnung vor dem Import vereinfachen."
    )]
    TooLarge {
        /// Characters allowed.
        characters: usize,
        /// Levels allowed.
        depth: usize,
    },
}

/// Which of two marks says more about why a number is missing: secret before unreliable before later before
/// blocked before empty.
pub fn strongest_mark(a: Mark, b: Mark) -> Mark {
    let strength = |mark| match mark {
        Mark::UnknownOrSecret => 4,
        Mark::Unreliable => 3,
        Mark::Later => 2,
        Mark::Blocked => 1,
        Mark::Empty => 0,
    };
    if strength(b) > strength(a) { b } else { a }
}

/// The remark of a number made from two: the one that asks for more caution.
pub fn strongest_annotation(a: Annotation, b: Annotation) -> Annotation {
    let strength = |annotation| match annotation {
        Annotation::Limited => 5,
        Annotation::Estimated => 4,
        Annotation::Provisional => 3,
        Annotation::LessThanHalf => 2,
        Annotation::Revised => 1,
        Annotation::None => 0,
    };
    if strength(b) > strength(a) { b } else { a }
}

impl Expression {
    /// Reads an expression: names (letters, digits, `_`, or anything in backticks), numbers with a decimal point,
    /// `+ - * /`, parentheses, `sum(a, b, …)`, and `name["group"]` for a fixed group.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        parse::parse(text)
    }

    /// The text it was read from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The variables in the order they stand, repeated where they repeat.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// Computes the expression from the observation of each variable. A missing operand makes the result missing
    /// with the strongest mark; it never counts as 0. A division by 0, or a result beyond the range of numbers, is
    /// missing as [`Mark::Blocked`].
    pub fn evaluate(&self, lookup: impl Fn(&Variable) -> Observation) -> Observation {
        let values: Vec<Observation> = self.variables.iter().map(lookup).collect();
        self.root.evaluate(&values)
    }

    /// The variables of a plain sum, each with whether it is added (`true`) or subtracted; `None` for anything else.
    pub fn terms(&self) -> Option<Vec<(&Variable, bool)>> {
        let mut terms = Vec::new();
        self.root.terms(true, &mut terms).then_some(())?;
        terms.into_iter().map(|(index, plus)| Some((self.variables.get(index)?, plus))).collect()
    }

    /// Whether the expression of a whole is the sum of the expressions of its parts: sums and differences of
    /// variables, and these times or divided by a number.
    pub fn is_additive(&self) -> bool {
        self.root.is_additive()
    }
}

impl Node {
    fn evaluate(&self, values: &[Observation]) -> Observation {
        match self {
            Node::Number(number) => Observation::Value(*number, Annotation::None),
            Node::Variable(index) => match values.get(*index) {
                Some(Observation::Value(value, _)) if !value.is_finite() => {
                    Observation::Missing(Mark::Blocked)
                }
                Some(observation) => *observation,
                None => Observation::Missing(Mark::Empty),
            },
            Node::Negative(node) => match node.evaluate(values) {
                Observation::Value(value, annotation) => Observation::Value(-value, annotation),
                missing => missing,
            },
            Node::Pair(operator, left, right) => {
                join(left.evaluate(values), right.evaluate(values), |a, b| match operator {
                    Operator::Add => a + b,
                    Operator::Subtract => a - b,
                    Operator::Multiply => a * b,
                    Operator::Divide => a / b,
                })
            }
            Node::Sum(nodes) => nodes
                .iter()
                .map(|node| node.evaluate(values))
                .reduce(|a, b| join(a, b, |a, b| a + b))
                .unwrap_or(Observation::Missing(Mark::Empty)),
        }
    }

    /// Collects the variables of a plain sum; false when it is none.
    fn terms(&self, plus: bool, into: &mut Vec<(usize, bool)>) -> bool {
        match self {
            Node::Variable(index) => {
                into.push((*index, plus));
                true
            }
            Node::Negative(node) => node.terms(!plus, into),
            Node::Sum(nodes) => nodes.iter().all(|node| node.terms(plus, into)),
            Node::Pair(Operator::Add, left, right) => left.terms(plus, into) && right.terms(plus, into),
            Node::Pair(Operator::Subtract, left, right) => left.terms(plus, into) && right.terms(!plus, into),
            Node::Pair(..) | Node::Number(_) => false,
        }
    }

    fn is_additive(&self) -> bool {
        match self {
            Node::Variable(_) => true,
            Node::Number(_) => false,
            Node::Negative(node) => node.is_additive(),
            Node::Sum(nodes) => nodes.iter().all(Node::is_additive),
            Node::Pair(Operator::Add | Operator::Subtract, left, right) => {
                left.is_additive() && right.is_additive()
            }
            Node::Pair(Operator::Multiply, left, right) => {
                left.is_constant() && right.is_additive() || left.is_additive() && right.is_constant()
            }
            Node::Pair(Operator::Divide, left, right) => left.is_additive() && right.is_constant(),
        }
    }

    fn is_constant(&self) -> bool {
        match self {
            Node::Number(_) => true,
            Node::Variable(_) => false,
            Node::Negative(node) => node.is_constant(),
            Node::Sum(nodes) => nodes.iter().all(Node::is_constant),
            Node::Pair(_, left, right) => left.is_constant() && right.is_constant(),
        }
    }
}

/// Joins two observations; what is no number afterwards is blocked.
pub(crate) fn join(a: Observation, b: Observation, f: impl Fn(f64, f64) -> f64) -> Observation {
    match (a, b) {
        (Observation::Value(a, first), Observation::Value(b, second)) => {
            let value = f(a, b);
            if value.is_finite() {
                Observation::Value(value, strongest_annotation(first, second))
            } else {
                Observation::Missing(Mark::Blocked)
            }
        }
        (Observation::Missing(a), Observation::Missing(b)) => Observation::Missing(strongest_mark(a, b)),
        (Observation::Missing(mark), _) | (_, Observation::Missing(mark)) => Observation::Missing(mark),
    }
}
