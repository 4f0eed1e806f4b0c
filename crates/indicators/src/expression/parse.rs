//! Text to expression: a scanner and a parser by recursive descent.

use super::{Expression, ExpressionError, Node, Operator, Variable};
use kekiz_base::GroupId;
use smol_str::SmolStr;

const CHARACTERS: usize = 4_000;
const DEPTH: usize = 64;
const TOO_LARGE: ExpressionError = ExpressionError::TooLarge { characters: CHARACTERS, depth: DEPTH };
const OPERAND: &str = "eine Variable, eine Zahl, sum(…) oder „(“";
const OPERATOR: &str = "ein Rechenzeichen (+ - * /) oder das Ende";

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(f64),
    Name(String),
    Text(String),
    Sign(char),
}

impl Token {
    fn describe(&self) -> String {
        match self {
            Token::Number(number) => format!("die Zahl {number}"),
            Token::Name(name) => format!("„{name}“"),
            Token::Text(text) => format!("der Text „{text}“"),
            Token::Sign(sign) => format!("„{sign}“"),
        }
    }
}

pub(super) fn parse(text: &str) -> Result<Expression, ExpressionError> {
    if text.trim().is_empty() {
        return Err(ExpressionError::Empty);
    }
    if text.chars().count() > CHARACTERS {
        return Err(TOO_LARGE);
    }
    let tokens = scan(text)?;
    let mut parser =
        Parser { tokens, next: 0, end: text.trim_end().chars().count() + 1, depth: 0, variables: Vec::new() };
    let root = parser.sum()?;
    if parser.next < parser.tokens.len() {
        return Err(parser.unexpected(OPERATOR));
    }
    Ok(Expression { text: text.trim().to_string(), root, variables: parser.variables })
}

fn scan(text: &str) -> Result<Vec<(usize, Token)>, ExpressionError> {
    let letters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(letter) = letters.get(at).copied() {
        let position = at + 1;
        let run = |from: usize, fits: &dyn Fn(char) -> bool| -> String {
            letters[from..].iter().copied().take_while(|c| fits(*c)).collect()
        };
        if letter.is_whitespace() {
            at += 1;
        } else if letter.is_ascii_digit() {
            let digits = run(at, &|c| c.is_alphanumeric() || c == '.' || c == '_');
            at += digits.chars().count();
            let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') && !digits.ends_with('.');
            let number = digits.parse::<f64>().ok().filter(|n| plain && n.is_finite());
            let number = number.ok_or(ExpressionError::Number { position, found: digits })?;
            tokens.push((position, Token::Number(number)));
        } else if letter.is_alphabetic() || letter == '_' {
            let name = run(at, &|c| c.is_alphanumeric() || c == '_');
            at += name.chars().count();
            tokens.push((position, Token::Name(name)));
        } else if letter == '`' || letter == '"' || letter == '\'' {
            let inner = run(at + 1, &|c| c != letter);
            at += inner.chars().count() + 2;
            if at > letters.len() {
                return Err(ExpressionError::Open { position, open: letter, close: letter });
            }
            tokens.push((position, if letter == '`' { Token::Name(inner) } else { Token::Text(inner) }));
        } else if "+-*/(),[]".contains(letter) {
            tokens.push((position, Token::Sign(letter)));
            at += 1;
        } else {
            return Err(ExpressionError::Character { position, found: letter });
        }
    }
    Ok(tokens)
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    next: usize,
    end: usize,
    depth: usize,
    variables: Vec<Variable>,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    fn position(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |(position, _)| *position)
    }

    fn take(&mut self, sign: char) -> bool {
        let found = self.peek() == Some(&Token::Sign(sign));
        self.next += usize::from(found);
        found
    }

    fn unexpected(&self, expected: &'static str) -> ExpressionError {
        let found = self.peek().map_or("das Ende des Ausdrucks".into(), Token::describe);
        ExpressionError::Unexpected { position: self.position(), found, expected }
    }

    /// The end of what was opened at `position`, or why it is not there.
    fn close(
        &mut self,
        position: usize,
        open: char,
        close: char,
        expected: &'static str,
    ) -> Result<(), ExpressionError> {
        if self.take(close) {
            Ok(())
        } else if self.peek().is_none() {
            Err(ExpressionError::Open { position, open, close })
        } else {
            Err(self.unexpected(expected))
        }
    }

    fn sum(&mut self) -> Result<Node, ExpressionError> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(TOO_LARGE);
        }
        let mut left = self.product()?;
        loop {
            let operator = match self.peek() {
                Some(Token::Sign('+')) => Operator::Add,
                Some(Token::Sign('-')) => Operator::Subtract,
                _ => break,
            };
            self.next += 1;
            left = Node::Pair(operator, Box::new(left), Box::new(self.product()?));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn product(&mut self) -> Result<Node, ExpressionError> {
        let mut left = self.factor()?;
        loop {
            let operator = match self.peek() {
                Some(Token::Sign('*')) => Operator::Multiply,
                Some(Token::Sign('/')) => Operator::Divide,
                _ => return Ok(left),
            };
            self.next += 1;
            left = Node::Pair(operator, Box::new(left), Box::new(self.factor()?));
        }
    }

    fn factor(&mut self) -> Result<Node, ExpressionError> {
        let position = self.position();
        if self.take('-') {
            self.depth += 1;
            if self.depth > DEPTH {
                return Err(TOO_LARGE);
            }
            let inner = self.factor()?;
            self.depth -= 1;
            return Ok(Node::Negative(Box::new(inner)));
        }
        if self.take('(') {
            let inner = self.sum()?;
            self.close(position, '(', ')', "ein Rechenzeichen (+ - * /) oder „)“")?;
            return Ok(inner);
        }
        match self.peek().cloned() {
            Some(Token::Number(number)) => {
                self.next += 1;
                Ok(Node::Number(number))
            }
            Some(Token::Name(name)) => {
                self.next += 1;
                if self.peek() == Some(&Token::Sign('(')) {
                    self.call(&name, position)
                } else {
                    self.variable(&name, position)
                }
            }
            _ => Err(self.unexpected(OPERAND)),
        }
    }

    fn call(&mut self, name: &str, position: usize) -> Result<Node, ExpressionError> {
        if !name.eq_ignore_ascii_case("sum") {
            return Err(ExpressionError::Function { position, found: name.to_string() });
        }
        let open = self.position();
        self.take('(');
        let mut nodes = vec![self.sum()?];
        while self.take(',') {
            nodes.push(self.sum()?);
        }
        self.close(open, '(', ')', "„,“ oder „)“")?;
        Ok(Node::Sum(nodes))
    }

    fn variable(&mut self, name: &str, position: usize) -> Result<Node, ExpressionError> {
        let open = self.position();
        let mut group = None;
        if self.take('[') {
            group = Some(match self.peek() {
                Some(Token::Text(text) | Token::Name(text)) => GroupId::new(text),
                _ => return Err(self.unexpected("der Name einer Gruppe in Anführungszeichen")),
            });
            self.next += 1;
            self.close(open, '[', ']', "„]“")?;
        }
        self.variables.push(Variable { name: SmolStr::new(name), group, position });
        Ok(Node::Variable(self.variables.len() - 1))
    }
}
