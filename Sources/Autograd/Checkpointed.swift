import Tensors

/// A part of a computation whose inner values are not kept: backward makes them again from the part's input.
///
///     y = function(x)        dx and all other gradients: function(x) is computed again, recorded, and taken apart
///
/// The part runs twice, and the second time as an operator's record would have it: gradients reach `x`, trained parameters and whatever
/// else the part reads of what was made outside, in the same order, so that they are equal to the bit.
///
/// Saves the value of `x` and what `function` captures.
/// Chen et al., 2016, <https://arxiv.org/abs/1604.06174>.
///
/// - Parameter function: gives the same values each time; a variable that it makes is used nowhere else.
public func checkpointed(_ x: Variable, _ function: @escaping (Variable) -> Variable) -> Variable {
    guard GradientRecording.isOn else { return function(x) }
    let made = GradientRecording.tracing { function(x) }
    // A variable from outside is recorded where it was made.
    if made.slot.isWanted { return made }
    let (input, slot, outside) = (x.stored, x.slot, made.slot.traced)
    let places = Set(outside.map(ObjectIdentifier.init))
    func propagate(_ dy: StoredTensor) {
        function(Variable(input, slot: slot)).slot.propagate(dy, outside: places)
    }
    return Variable(
        made.stored, fromSlots: outside, halfBackward: made.slot.isTracedInHalves ? { propagate(.bfloat16($0)) } : nil
    ) { propagate(.float32($0)) }
}
