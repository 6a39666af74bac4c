//! Numbers and judgements to weights: logistic regression whose weights are held near those expected beforehand.
//!
//! Solved in the dual, one example after the other (Yu, Huang and Lin, "Dual coordinate descent methods for logistic regression and
//! maximum entropy models", 2011, algorithm 5): a few passes, no matrix, and the weights are a sum over examples. What is expected
//! is where the sum starts: with no examples it is what comes out, and each example moves it a bounded step away.

/// One judged work.
#[derive(Clone, Copy, Debug)]
pub struct Example<'a> {
    /// Its features and their values.
    pub vector: &'a [(u32, f32)],
    /// What it is an example of, or else of the contrary.
    pub is_positive: bool,
    /// How much it counts; more moves the weights further from what was expected. Examples of no weight are left out.
    pub weight: f64,
}

/// A weight for each feature.
#[derive(Clone, Debug, Default)]
pub struct Line {
    weights: Vec<f32>,
    bias: f32,
}

/// Examples pass so often at most; fewer passes where they change nothing any more.
const MOST_PASSES: u32 = 30;
/// Where no step of a pass was longer (in the gradient of one example's part), it is done.
const DONE: f64 = 0.05;

impl Line {
    /// What is expected before there are examples. Features beyond the end weigh nothing.
    pub fn expected(weights: Vec<f32>, bias: f32) -> Self {
        Self { weights, bias }
    }

    /// This line after the examples were seen, with `features` weights.
    pub fn after(mut self, examples: &[Example<'_>], features: usize) -> Self {
        self.weights.resize(features.max(self.weights.len()), 0.0);
        let examples: Vec<Example<'_>> = examples.iter().copied().filter(|example| example.weight > 0.0 && example.weight.is_finite()).collect();
        let mut states: Vec<State> = examples.iter().map(State::before).collect();
        for (example, state) in examples.iter().zip(&states) {
            self.step(example, state.pull);
        }
        let mut order: Vec<usize> = (0..examples.len()).collect();
        let mut shuffle = Shuffle(0x9e37_79b9_7f4a_7c15);
        for _ in 0..MOST_PASSES {
            shuffle.apply(&mut order);
            let mut furthest = 0.0_f64;
            for &at in &order {
                let sign = if examples[at].is_positive { 1.0 } else { -1.0 };
                let (moved, gradient) = states[at].moved(sign * self.score(examples[at].vector), examples[at].weight);
                furthest = furthest.max(gradient);
                self.step(&examples[at], moved);
            }
            if furthest < DONE {
                break;
            }
        }
        self
    }

    /// How far a work is on the positive side, in log odds.
    pub fn score(&self, vector: &[(u32, f32)]) -> f64 {
        f64::from(self.bias) + vector.iter().map(|&(number, value)| f64::from(self.weight(number) * value)).sum::<f64>()
    }

    /// What a feature of this number and value 1 adds to a score.
    pub fn weight(&self, number: u32) -> f32 {
        self.weights.get(number as usize).copied().unwrap_or(0.0)
    }

    fn step(&mut self, example: &Example<'_>, length: f64) {
        let length = if example.is_positive { length as f32 } else { -length as f32 };
        self.bias += length;
        for &(number, value) in example.vector {
            if let Some(weight) = self.weights.get_mut(number as usize) {
                *weight += length * value;
            }
        }
    }
}

/// How hard an example pulls: between 0 and its weight, and what is left to its weight, kept apart because either may be tiny.
struct State {
    pull: f64,
    slack: f64,
    square: f64,
}

impl State {
    fn before(example: &Example<'_>) -> Self {
        let pull = (0.001 * example.weight).min(1e-8);
        let square = 1.0 + example.vector.iter().map(|(_, value)| f64::from(*value) * f64::from(*value)).sum::<f64>();
        Self { pull, slack: example.weight - pull, square }
    }

    /// Sets the pull to where this example is content, given its score on its own side; how far it moved, and how wrong it was.
    fn moved(&mut self, score: f64, weight: f64) -> (f64, f64) {
        let a = self.square;
        // Newton's method is safe on the smaller of pull and slack alone.
        let swaps = 0.5 * a * (self.slack - self.pull) + score < 0.0;
        let (old, score) = if swaps { (self.slack, -score) } else { (self.pull, score) };
        let mut z = if weight - old < 0.5 * weight { 0.1 * old } else { old };
        let gradient_at = |z: f64| a * (z - old) + score + (z / (weight - z)).ln();
        let gradient = gradient_at(old).abs();
        for _ in 0..20 {
            let slope = gradient_at(z);
            if slope.abs() < 1e-3 * DONE {
                break;
            }
            let next = z - slope / (a + weight / ((weight - z) * z));
            z = if next <= 0.0 { 0.1 * z } else { next.min(weight * (1.0 - 1e-12)) };
        }
        let moved = z - old;
        (self.pull, self.slack) = if swaps { (weight - z, z) } else { (z, weight - z) };
        (if swaps { -moved } else { moved }, gradient)
    }
}

/// Puts numbers in an order that looks like none and is always the same (xorshift, Fisher and Yates).
struct Shuffle(u64);

impl Shuffle {
    fn apply(&mut self, order: &mut [usize]) {
        for at in (1..order.len()).rev() {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            order.swap(at, (self.0 % (at as u64 + 1)) as usize);
        }
    }
}

/// Log odds as a probability.
pub fn probability(score: f64) -> f64 {
    1.0 / (1.0 + (-score).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_examples_what_was_expected_stays() {
        let line = Line::expected(vec![2.0], 0.0).after(&[], 3);
        assert_eq!((line.weight(0), line.weight(2)), (2.0, 0.0));
    }

    #[test]
    fn the_solution_is_that_of_its_definition() {
        // One feature, one example each way: the gradient of ½w² + ½b² + C Σ log(1 + exp(−y(wx + b))) is nought.
        let (yes, no) = ([(0, 1.0)], [(1, 1.0)]);
        let examples = [Example { vector: &yes, is_positive: true, weight: 5.0 }, Example { vector: &no, is_positive: false, weight: 2.0 }];
        let line = Line::default().after(&examples, 2);
        let (yes, no) = (line.score(&yes), line.score(&no));
        assert!((f64::from(line.weight(0)) - 5.0 * probability(-yes)).abs() < 0.02, "{line:?}");
        assert!((f64::from(line.weight(1)) + 2.0 * probability(no)).abs() < 0.02, "{line:?}");
        assert!((f64::from(line.bias) - 5.0 * probability(-yes) + 2.0 * probability(no)).abs() < 0.02, "{line:?}");
    }

    #[test]
    fn examples_pull_away_from_what_was_expected() {
        let vector = [(0, 1.0)];
        let no = Example { vector: &vector, is_positive: false, weight: 1.0 };
        let after = |count: usize| Line::expected(vec![3.0], 0.0).after(&vec![no; count], 1).weight(0);
        assert!(after(1) < 3.0 && after(10) < after(1) && after(100) < 0.0);
    }
}
