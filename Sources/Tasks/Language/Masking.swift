import NN
import Tensors

/// What hides tokens from a masked language model that learns from whole texts.
///
/// Of the tokens that are not special a share is to be guessed: eight in ten of those become the mask, one in ten any token, and one in
/// ten stays as it is, as in BERT (Devlin et al., 2018, <https://arxiv.org/abs/1810.04805>). Which ones depends on the seed, the pass
/// and the window alone, so that every pass hides others and a repetition hides the same.
public struct Masking: Sendable {
    /// The windows with nothing hidden: `[features]`.
    let windows: [[Int32]]
    /// The tokens around each window, which are never hidden.
    let around: (before: Int, behind: Int)
    /// The share of tokens to be guessed.
    let share: Double
    /// The mask.
    let mask: Int32
    /// The number of tokens that one may become.
    let vocabularyCount: Int

    /// Window number `index` as it is read in a pass over the data.
    ///
    /// - Parameter pass: the epoch from 0, or -1 for what is read only once.
    public func feature(_ index: Int, pass: Int, seed: UInt64) -> Feature {
        var ids = windows[index]
        var stream = RandomStream(seed: seed, path: "mask.\(pass).\(index)")
        var labels: [TokenLabel] = []
        let own = around.before..<max(around.before, ids.count - around.behind)
        for place in own where stream.uniform() < share {
            labels.append(TokenLabel(position: Int32(place), target: ids[place]))
            hide(&ids[place], &stream)
        }
        if labels.isEmpty, let place = own.randomElement(using: &stream) {
            labels.append(TokenLabel(position: Int32(place), target: ids[place]))
            hide(&ids[place], &stream)
        }
        return Feature(inputIDs: ids, tokenTypeIDs: [Int32](repeating: 0, count: ids.count), label: .tokens(labels))
    }

    private func hide(_ id: inout Int32, _ stream: inout RandomStream) {
        switch stream.uniform() {
        case ..<0.8: id = mask
        case ..<0.9: id = Int32.random(in: 0..<Int32(clamping: vocabularyCount), using: &stream)
        default: break
        }
    }
}
