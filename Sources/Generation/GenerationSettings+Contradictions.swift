import Configuration
import YAML

extension GenerationSettings {
    /// What transformers has and is not supported is said to be that.
    public static func advice(onUnknown key: String) -> String? {
        GenerationDefaults.knows(key) ? "it is a setting of transformers' generation that is not supported" : nil
    }

    /// Keys that count only when tokens are drawn, and only in beam search.
    static let samplingKeys = ["temperature", "top_k", "top_p", "min_p"]
    static let beamKeys = ["length_penalty", "early_stopping"]

    /// Settings that are right alone and not together.
    public var contradictions: [Contradiction] {
        var found: [Contradiction] = []
        let usual = GenerationSettings()
        if !samples {
            let isSet = [
                temperature != usual.temperature, topK != usual.topK, topP != usual.topP, minP != usual.minP,
            ]
            for (key, isSet) in zip(Self.samplingKeys, isSet) where isSet {
                found.append(
                    Contradiction(
                        key: key, with: "do_sample",
                        message: "it counts only when tokens are drawn; set do_sample to true"))
            }
        }
        if beamCount == 1 {
            let isSet = [lengthPenalty != usual.lengthPenalty, earlyStopping != usual.earlyStopping]
            for (key, isSet) in zip(Self.beamKeys, isSet) where isSet {
                found.append(
                    Contradiction(
                        key: key, with: "num_beams", message: "it counts only in beam search; set num_beams above 1"))
            }
        }
        if sequenceCount > beamCount && !(samples && beamCount == 1) {
            found.append(
                Contradiction(
                    key: "num_return_sequences", with: "num_beams",
                    message: "\(sequenceCount) texts need as many beams, or do_sample: true without beams"))
        }
        if let maxNewTokens, minNewTokens > maxNewTokens {
            found.append(
                Contradiction(
                    key: "min_new_tokens", with: "max_new_tokens",
                    message: "\(minNewTokens) is more than max_new_tokens \(maxNewTokens)"))
        }
        if let maxLength, minLength > maxLength {
            found.append(
                Contradiction(
                    key: "min_length", with: "max_length", message: "\(minLength) is more than max_length \(maxLength)")
            )
        }
        if stops.contains("") {
            found.append(
                Contradiction(key: "stop_strings", with: "stop_strings", message: "an empty text stands everywhere"))
        }
        return found
    }
}
