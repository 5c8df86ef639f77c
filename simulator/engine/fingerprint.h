// A 64-bit hash of content: tells plans apart. Not cryptographic; certificates use SHA-256.
#ifndef QUOTACAST_SIMULATOR_ENGINE_FINGERPRINT_H_
#define QUOTACAST_SIMULATOR_ENGINE_FINGERPRINT_H_

#include <bit>
#include <cstdint>
#include <string>

namespace quotacast::simulator {

// Order matters; the same sequence of Adds gives the same value on every machine.
class Fingerprint {
 public:
  void Add(uint64_t word) {
    // The SplitMix64 step (Steele, Lea and Flood 2014) over the running state.
    state_ = (state_ ^ word) + 0x9e3779b97f4a7c15;
    state_ = (state_ ^ (state_ >> 30)) * 0xbf58476d1ce4e5b9;
    state_ = (state_ ^ (state_ >> 27)) * 0x94d049bb133111eb;
    state_ ^= state_ >> 31;
  }
  void Add(int64_t word) { Add(static_cast<uint64_t>(word)); }
  void Add(int word) { Add(static_cast<uint64_t>(static_cast<int64_t>(word))); }
  void Add(bool flag) { Add(static_cast<uint64_t>(flag)); }
  void Add(double value) { Add(std::bit_cast<uint64_t>(value)); }
  void Add(const std::string& text) {
    Add(static_cast<uint64_t>(text.size()));
    for (const char byte : text) Add(static_cast<uint64_t>(static_cast<unsigned char>(byte)));
  }

  uint64_t value() const { return state_; }

 private:
  uint64_t state_ = 0x243f6a8885a308d3;
};

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_FINGERPRINT_H_
