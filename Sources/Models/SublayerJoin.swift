import Autograd
import NN

extension SublayerSite {
    /// Dropout and residual behind the sub-layer, or what a method makes of them: `[rows, hidden]`.
    ///
    /// - Parameters:
    ///   - beside: what a method adds to the output, where one does; `[rows, hidden]`.
    ///   - rate: of dropout.
    func join(
        _ output: Variable, beside: Variable? = nil, _ residual: Variable, dropout rate: Double, _ pass: ForwardPass
    ) -> Variable {
        let dropped = dropout(output, pass.dropout(Float(rate), at: path + ".dropout"))
        let whole = beside.map { dropped + $0 } ?? dropped
        let sublayer = SublayerOutput(output: whole, residual: residual, norm: nil)
        return pass.follow(self) { sublayer } ?? sublayer.joined
    }
}
