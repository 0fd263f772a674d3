import Tensors

/// The rows of `table` that `indices` name: an embedding, or the tokens that a head reads.
///
///     y[i] = table[indices[i]]        dtable[indices[i]] += dy[i]
///
/// Saves the indices.
///
/// - Parameters:
///   - table: `[rows, hidden]`
///   - indices: each in `0..<rows`
/// - Returns: `[indices, hidden]`
public func gather(_ table: Variable, _ indices: [Int32]) -> Variable {
    let (slot, shape) = (table.slot, table.shape)
    return Variable(Kernels.gather(table.value, indices), from: [table]) { dy in
        slot.accumulate { Kernels.scatter(dy, indices, into: shape, addingTo: $0) }
    }
}

/// The columns `range` of every row, or of every `period` columns of it, side by side.
///
///     y = x[:, range]        dx[:, range] += dy
///
/// Saves nothing.
///
/// - Parameters:
///   - x: `[rows, columns]`
///   - period: divides the columns; all of them unless given.
/// - Returns: `[rows, columns / period * range]`
public func columns(_ x: Variable, _ range: Range<Int>, ofEvery period: Int? = nil) -> Variable {
    let (slot, shape) = (x.slot, x.shape)
    return Variable(Kernels.columns(x.stored, range, ofEvery: period), fromSlots: [slot]) { dy in
        slot.accumulate {
            Kernels.spread(dy, first: range.lowerBound, ofEvery: period, into: shape, addingTo: $0)
        }
    }
}

/// Embeddings of words and of virtual tokens.
///
///     y[i] = words[ids[i]]                 where ids[i] is a word
///     y[i] = prompt[k]                     where ids[i] stands for virtual token k, that is -(k + 1)
///
/// Saves the ids.
///
/// - Parameters:
///   - words: `[vocabulary, hidden]`
///   - prompt: `[prompt, hidden]`
///   - ids: each a row of `words`, or negative: `[tokens]`
/// - Returns: `[tokens, hidden]`
public func gather(_ words: Variable, prompt: Variable, _ ids: [Int32]) -> Variable {
    let (wordSlot, promptSlot, wordShape, promptShape) = (words.slot, prompt.slot, words.shape, prompt.shape)
    let value = Kernels.gather(words.value, prompt.value, ids)
    let places = ids.enumerated().partitioned { $0.element < 0 }
    return Variable(value, from: [words, prompt]) { dy in
        promptSlot.accumulate {
            Kernels.scatter(
                Kernels.gather(dy, places.yes.map { Int32($0.offset) }), places.yes.map { -$0.element - 1 },
                into: promptShape, addingTo: $0)
        }
        wordSlot.accumulate {
            Kernels.scatter(
                Kernels.gather(dy, places.no.map { Int32($0.offset) }), places.no.map(\.element), into: wordShape,
                addingTo: $0)
        }
    }
}

/// The rows of all parts, one after the other: `[sum of rows, columns]`. Saves nothing.
///
/// - Parameter parts: each `[rows, columns]`, with the same columns.
public func concatenateRows(_ parts: [Variable]) -> Variable {
    let slots = parts.map { ($0.slot, $0.shape) }
    return Variable(Kernels.concatenate(parts.map(\.value)), from: parts) { dy in
        var row = 0
        for (slot, shape) in slots {
            if slot.isWanted { slot.add(dy.rows(row..<row + shape.rows).reshaped(shape)) }
            row += shape.rows
        }
    }
}

/// The columns of all parts, side by side: `[rows, sum of columns]`. Saves nothing.
///
/// - Parameter parts: each `[rows, columns]`, with the same rows.
public func concatenateColumns(_ parts: [Variable]) -> Variable {
    let slots = parts.map { ($0.slot, $0.shape) }
    return Variable(Kernels.concatenateColumns(parts.map(\.value)), from: parts) { dy in
        var column = 0
        for (slot, shape) in slots {
            if slot.isWanted { slot.add(Kernels.columns(dy, column..<column + shape.columns).reshaped(shape)) }
            column += shape.columns
        }
    }
}

extension Sequence {
    /// The elements for which `condition` holds, and the others, both in their order.
    fileprivate func partitioned(_ condition: (Element) -> Bool) -> (yes: [Element], no: [Element]) {
        var (yes, no): ([Element], [Element]) = ([], [])
        for element in self { if condition(element) { yes.append(element) } else { no.append(element) } }
        return (yes, no)
    }
}
