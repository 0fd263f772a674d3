import Tensors

/// A prefix of keys and values that every sequence of a batch attends to.
public struct KeyValuePrefix {
    /// `[prefix, keyWidth]`
    public let key: Variable
    /// `[prefix, keyWidth]`
    public let value: Variable

    /// Keys and values, both `[prefix, keyWidth]`.
    public init(key: Variable, value: Variable) {
        self.key = key
        self.value = value
    }
}

/// Scaled dot-product attention over sequences without padding, with a shared prefix (see `Tensors.Attention`).
///
///     p = softmax(scale * q [prefixKey; k]ᵀ + bias)        y = dropout(p) [prefixValue; v]
///
/// Backward: `Kernels.attentionBackward`, only for the inputs that require it.
/// Saves the inputs and one number per row and head; scores are computed again. Where the prefix alone takes a gradient it saves `y` too, so that only
/// those scores are computed which somebody wants. `y` is in bfloat16 where one of queries, keys and
/// values is, and so are gradients between the operator and maps that are in bfloat16.
///
/// - Parameters:
///   - query: `[queries, queryWidth]`, where `queryWidth` is the layout's `heads * headSize`
///   - key: `[tokens, keyWidth]`, where `keyWidth` is the layout's `keyValueHeads * headSize`
///   - value: `[tokens, keyWidth]`
///   - prefix: keys and values `[prefix, keyWidth]`
///   - bias: of distances, `[heads, distances]`, where the layout has them.
///   - layout: which rows belong to which sequence, heads, scale, slopes, distances and dropout.
/// - Returns: `[queries, queryWidth]`
public func attention(
    query: Variable, key: Variable, value: Variable, prefix: KeyValuePrefix?, bias: Variable? = nil, layout: Attention
) -> Variable {
    let saved = Attention.Inputs(
        query: query.stored, key: key.stored, value: value.stored, prefixKey: prefix?.key.value,
        prefixValue: prefix?.value.value, bias: bias?.value)
    let (output, lse) = Kernels.attention(layout, saved)
    let inputs = [query, key, value] + (prefix.map { [$0.key, $0.value] } ?? []) + (bias.map { [$0] } ?? [])
    let (querySlot, keySlot, valueSlot) = (query.slot, key.slot, value.slot)
    let (prefixKeySlot, prefixValueSlot, biasSlot) = (prefix?.key.slot, prefix?.value.slot, bias?.slot)
    let wanted = Attention.Wanted(
        query: querySlot.isWanted, key: keySlot.isWanted, value: valueSlot.isWanted,
        prefix: prefixKeySlot?.isWanted == true || prefixValueSlot?.isWanted == true,
        bias: biasSlot?.isWanted == true)
    let kept = wanted.readsOwnColumns ? nil : output
    func backward(_ dy: StoredTensor) {
        var wanted = wanted
        wanted.isHalf = [querySlot, keySlot, valueSlot].allSatisfy { $0.takesHalves || !$0.isWanted }
        let result = Kernels.attentionBackward(layout, saved, output: kept, lse: lse, dy: dy, wanted: wanted)
        if let gradient = result.query { querySlot.add(gradient) }
        if let gradient = result.key { keySlot.add(gradient) }
        if let gradient = result.value { valueSlot.add(gradient) }
        if let gradient = result.prefixKey { prefixKeySlot?.add(gradient) }
        if let gradient = result.prefixValue { prefixValueSlot?.add(gradient) }
        if let gradient = result.bias { biasSlot?.add(gradient) }
    }
    return Variable(
        output, fromSlots: inputs.map(\.slot), halfBackward: saved.isHalf ? { backward(.bfloat16($0)) } : nil
    ) { backward(.float32($0)) }
}
