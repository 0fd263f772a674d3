extension Field {
    /// Lists of truth values, each under a name of the user's, or none.
    public static func flagsByName(
        _ key: String, _ keyPath: any WritableKeyPath<Section, ValuesByName<[Bool]>?> & Sendable, _ help: String,
        required: Bool = false
    ) -> Self {
        let flags = ValueType<[Bool]>.list(of: .boolean, "a list of true and false")
        return Field(key, keyPath, ValueType.byName(flags).optional, help, required: required)
    }
}
