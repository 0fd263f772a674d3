import CKernels

extension Kernels {
    /// The numbers of one AdamW step.
    public struct AdamWStep: Sendable {
        /// The schedule's rate at this step.
        public var learningRate: Float
        /// Decay of the mean and of the mean square of the gradient.
        public var beta1: Float, beta2: Float
        /// Added to the root of the mean square.
        public var epsilon: Float
        /// The share of the learning rate by which a parameter shrinks.
        public var weightDecay: Float
        /// The step's number, from 1, for the correction of the moments' start at zero.
        public var step: Int
        /// A factor on the gradient: clipping.
        public var gradientScale: Float

        /// The numbers of one step.
        public init(
            learningRate: Float, beta1: Float, beta2: Float, epsilon: Float, weightDecay: Float, step: Int,
            gradientScale: Float
        ) {
            self.learningRate = learningRate
            self.beta1 = beta1
            self.beta2 = beta2
            self.epsilon = epsilon
            self.weightDecay = weightDecay
            self.step = step
            self.gradientScale = gradientScale
        }
    }

    /// One step of AdamW (Loshchilov & Hutter, 2019, <https://arxiv.org/abs/1711.05101>), in place.
    ///
    /// - Parameters: parameter, mean, variance and gradient have the same shape.
    public static func adamW(
        _ step: AdamWStep, gradient: Tensor, parameter: inout Tensor, mean: inout Tensor, variance: inout Tensor
    ) {
        precondition(
            gradient.count == parameter.count && mean.count == parameter.count && variance.count == parameter.count,
            "adamW: gradient \(gradient.shape) for \(parameter.shape)")
        parameter.makeUnique()
        mean.makeUnique()
        variance.makeUnique()
        let numbers = pk_adamw_step(
            learning_rate: step.learningRate, beta1: step.beta1, beta2: step.beta2, epsilon: step.epsilon,
            weight_decay: step.weightDecay, correction1: 1 - power(step.beta1, step.step),
            correction2: 1 - power(step.beta2, step.step), gradient_scale: step.gradientScale)
        let (p, m, v) = (parameter, mean, variance)
        elements(parameter.count) { range in
            let at = range.lowerBound
            unsafe pk_adamw(numbers, range.count, gradient.base + at, p.base + at, m.base + at, v.base + at)
        }
    }

    /// `base` to a whole power, in double precision.
    private static func power(_ base: Float, _ exponent: Int) -> Float {
        var (result, factor, rest) = (1.0, Double(base), exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= factor }
            factor *= factor
            rest >>= 1
        }
        return Float(result)
    }
}
