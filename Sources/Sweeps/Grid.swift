import Configuration

extension Strategy {
    /// Every combination of the axes' values, the last axis fastest.
    static let grid = Strategy(
        "grid", "Keys with lists of values: every combination of them.",
        words: "a section of keys, each with a list of values", schema: Axis.schema
    ) { node, diagnostics in
        let axes = Axis.list(node, in: "sweep.grid", &diagnostics)
        return Product.cells(
            axes.map { axis in axis.values.map { Cell(overrides: [axis.override($0)]) } }, at: node.location,
            &diagnostics)
    }
}
