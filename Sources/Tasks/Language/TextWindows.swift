import NN

/// Cuts a stream of tokens into windows in which each token is predicted from those before it.
struct TextWindows {
    /// The tokens of a window.
    let length: Int
    /// The tokens that it shares with the one before, fewer than `length`.
    let stride: Int

    /// The windows of a stream, each with the tokens that the one before has not predicted as labels; a last window without any
    /// is left out.
    func windows(of stream: [Int32]) -> [Feature] {
        var windows: [Feature] = []
        var start = 0
        while start + 1 < stream.count {
            let ids = Array(stream[start..<min(start + length, stream.count)])
            let known = start == 0 || stride == 0 ? 0 : stride - 1
            let labels = (known..<max(known, ids.count - 1)).map { place in
                TokenLabel(position: Int32(place), target: ids[place + 1])
            }
            if labels.isEmpty { break }
            windows.append(
                Feature(
                    inputIDs: ids, tokenTypeIDs: [Int32](repeating: 0, count: ids.count), label: .tokens(labels)))
            start += max(1, length - stride)
        }
        return windows
    }
}
