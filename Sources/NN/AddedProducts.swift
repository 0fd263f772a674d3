/// Floating-point operations of the products that a method adds.
public struct AddedProducts: Hashable, Sendable {
    /// Operations that come once for each row, or once for a whole pass.
    public struct Count: Hashable, Sendable {
        /// Those of a forward pass.
        public var forward: Int
        /// Those that a forward pass has in training only.
        public var forwardInTraining: Int
        /// Those of the backward pass that every training step has.
        public var backward: Int
        /// Those that find the gradient of the site's input, where anything below is trained.
        public var inputGradient: Int

        /// So many operations.
        public init(forward: Int = 0, forwardInTraining: Int = 0, backward: Int = 0, inputGradient: Int = 0) {
            self.forward = forward
            self.forwardInTraining = forwardInTraining
            self.backward = backward
            self.inputGradient = inputGradient
        }
    }

    /// For each row that goes through the site.
    public var perRow: Count
    /// For each pass, whatever its rows.
    public var perPass: Count

    /// Operations for each row and for each pass.
    public init(perRow: Count = Count(), perPass: Count = Count()) {
        self.perRow = perRow
        self.perPass = perPass
    }
}
