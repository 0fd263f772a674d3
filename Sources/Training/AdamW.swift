import NN
import Tensors

/// AdamW over a model's trained parameters, with the gradients clipped by their common norm.
///
///     norm = sqrt(sum of squares of all gradients)        g = gradient * min(1, maxNorm / (norm + 1e-6))
///     m = beta1 m + (1 - beta1) g                          v = beta2 v + (1 - beta2) g²
///     p = p (1 - rate * decay) - rate * m̂ / (sqrt(v̂) + epsilon)
///
/// `m̂` and `v̂` are corrected for their start at zero. Biases and normalisations are not decayed; a parameter without a
/// gradient is left alone. Loshchilov & Hutter, 2019, <https://arxiv.org/abs/1711.05101>.
public struct AdamW: Sendable, Equatable {
    /// What stays the same from step to step.
    public struct Settings: Hashable, Sendable {
        /// Decay of the mean and of the mean square of the gradient.
        public var beta1: Double, beta2: Double
        /// Added to the root of the mean square.
        public var epsilon: Double
        /// The share of the learning rate by which a parameter shrinks.
        public var weightDecay: Double
        /// The norm that gradients are clipped to; nil leaves them as they are.
        public var maxGradientNorm: Double?

        /// The numbers of a training.
        public init(beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double, maxGradientNorm: Double?) {
            self.beta1 = beta1
            self.beta2 = beta2
            self.epsilon = epsilon
            self.weightDecay = weightDecay
            self.maxGradientNorm = maxGradientNorm
        }

        /// What gradients of this common norm are multiplied by.
        func gradientScale(norm: Double) -> Float { maxGradientNorm.map { Float(min(1, $0 / (norm + 1e-6))) } ?? 1 }
    }

    /// The number of steps taken.
    public var stepCount = 0
    /// The running mean of each parameter's gradient, in the parameters' order; empty before the first step.
    public var means: [Tensor] = []
    /// The running mean of each gradient's square; empty before the first step.
    public var variances: [Tensor] = []

    /// An optimizer that has taken no step.
    public init() {}

    /// Moves every parameter that has a gradient, and lets the gradients go unless they are to be kept.
    ///
    /// - Parameters:
    ///   - parameters: the same ones in the same order at every step.
    ///   - learningRate: of this step.
    ///   - keepsGradients: whether somebody looks at them afterwards.
    /// - Returns: the norm of all gradients before clipping.
    /// - Throws: when a gradient is not finite; nothing is changed then.
    public mutating func step(
        _ parameters: [Parameter], learningRate: Double, _ settings: Settings, keepsGradients: Bool = false
    ) throws(TrainingError) -> Double {
        let norm = try gradientNorm(parameters, learningRate: learningRate)
        if means.isEmpty {
            means = parameters.map { .zeros($0.shape) }
            variances = means.map { .zeros($0.shape) }
        }
        precondition(means.count == parameters.count, "AdamW: \(parameters.count) parameters, \(means.count) before")
        stepCount += 1
        var numbers = Kernels.AdamWStep(
            learningRate: Float(learningRate), beta1: Float(settings.beta1), beta2: Float(settings.beta2),
            epsilon: Float(settings.epsilon), weightDecay: 0, step: stepCount,
            gradientScale: settings.gradientScale(norm: norm))
        for (index, parameter) in parameters.enumerated() {
            guard let gradient = parameter.variable.gradient else { continue }
            if !keepsGradients { parameter.variable.gradient = nil }
            numbers.weightDecay = parameter.isExemptFromDecay ? 0 : Float(settings.weightDecay)
            Kernels.adamW(
                numbers, gradient: gradient, parameter: &parameter.variable.value, mean: &means[index],
                variance: &variances[index])
        }
        return norm
    }

    private func gradientNorm(_ parameters: [Parameter], learningRate: Double) throws(TrainingError) -> Double {
        var sum = 0.0
        for parameter in parameters {
            guard let gradient = parameter.variable.gradient else { continue }
            let squares = Kernels.sumOfSquares(gradient)
            guard squares.isFinite else {
                throw .nonFiniteGradient(of: parameter.path, step: stepCount + 1, learningRate: learningRate)
            }
            sum += squares
        }
        return sum.squareRoot()
    }
}
