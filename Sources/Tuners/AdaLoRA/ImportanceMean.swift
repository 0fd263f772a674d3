import Tensors

/// The running means that tell how much each weight of a parameter matters.
struct ImportanceMean {
    /// The mean of `|w g|`, in the parameter's shape.
    private(set) var sensitivity: Tensor
    /// The mean distance from that mean.
    private(set) var uncertainty: Tensor

    /// No update seen yet.
    init(_ shape: Shape) {
        sensitivity = .zeros(shape)
        uncertainty = .zeros(shape)
    }

    /// As they were left.
    init(sensitivity: Tensor, uncertainty: Tensor) {
        self.sensitivity = sensitivity
        self.uncertainty = uncertainty
    }

    /// Takes in an update.
    mutating func add(weight: Tensor, gradient: Tensor, gradientScale: Float, _ settings: AdaLoRA.Settings) {
        let (weights, gradients) = (weight.array, gradient.array)
        let (beta1, beta2) = (Float(settings.sensitivityDecay), Float(settings.uncertaintyDecay))
        sensitivity.withMutableSpan { sensitivity in
            uncertainty.withMutableSpan { uncertainty in
                for index in weights.indices {
                    let now = abs(weights[index] * (gradients[index] * gradientScale))
                    let mean = beta1 * sensitivity[index] + (1 - beta1) * now
                    sensitivity[index] = mean
                    uncertainty[index] = beta2 * uncertainty[index] + (1 - beta2) * abs(now - mean)
                }
            }
        }
    }

    /// The importance of each weight: sensitivity times uncertainty.
    var products: Tensor { Kernels.multiply(sensitivity, uncertainty) }
}
