import Tensors

/// What a method does after each update of its parameters, for example AdaLoRA's budget of ranks.
public protocol StepObserver: AnyObject {
    /// Called after the optimizer has moved the parameters, while the gradients it used are still there.
    ///
    /// - Parameters:
    ///   - step: the number of updates so far, from 1.
    ///   - totalSteps: of the whole training.
    ///   - gradientScale: what the optimizer multiplied the gradients by, to clip them.
    func didStep(_ step: Int, of totalSteps: Int, gradientScale: Float)

    /// What it remembers from step to step, by names of its own, so that a training can be continued.
    var state: [String: Tensor] { get set }
}
