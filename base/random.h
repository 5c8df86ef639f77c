// Counter-based random numbers: a draw is a function of (seed, entity, trial block, purpose,
// index) and of nothing else, so adding an entity never changes another's draws, trials may be
// split over threads in any way, and two scenarios share their chance (common random numbers).
//
// Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3"
// (SC'11), by the Random123 library.
#ifndef QUOTACAST_BASE_RANDOM_H_
#define QUOTACAST_BASE_RANDOM_H_

#include <array>
#include <cstdint>
#include <string_view>

namespace quotacast {

// What a draw decides. Part of the counter: values are frozen, new ones are appended.
enum class RandomPurpose : uint8_t {
  kMarket = 1,         // The market factor of a trial.
  kTeam = 2,           // A team's factor.
  kRep = 3,            // A rep's own ability draw.
  kOpenDeal = 4,       // The one uniform that decides an open deal's life.
  kNewDealCount = 5,   // Number of wins from new pipeline, index = period.
  kNewDealTiming = 6,  // Step in which a win from new pipeline falls.
  kAmount = 7,         // Amount of a deal.
  kDeparture = 8,
  kHire = 9,
  kParameterDraw = 10,  // Posterior draws of the model and of scenario effects.
  kCreationMix = 11,    // Gamma mixing of a rep's creation rate.
  kSynthetic = 12,      // The synthetic company generator.
  kResampling = 13,     // Bootstrap of scores: which periods a resample holds.
  kRevision = 14,       // What becomes of an open deal's stated amount.
};

// Identifies this generator in certificates. Changes only with the bytes it produces.
inline constexpr std::string_view kRandomGeneratorId = "philox4x32-10/1";

// Four independent uniform 32-bit words. Pure. `trial_block` counts blocks of trials or whatever
// unit the caller replays; `index` < 2^24 numbers the draws of one purpose. The counter is
// (trial_block, entity low, entity high, purpose << 24 | index), the key is the seed.
std::array<uint32_t, 4> RandomBlock(uint64_t seed, uint64_t entity_id, uint32_t trial_block,
                                    RandomPurpose purpose, uint32_t index);

// Maps 32 random bits to (0, 1): the midpoint of one of 2^32 cells, never 0 or 1.
double UniformOpen(uint32_t word);

// Maps 64 random bits to (0, 1) with 53 bits: for tails and inverse transforms.
double UniformOpen(uint32_t high_word, uint32_t low_word);

// A stable 64-bit id of an entity, from its kind ("rep", "opportunity") and key. FNV-1a 64 with a
// final avalanche; frozen. Collisions among 10^6 entities: probability below 3e-8.
uint64_t StableId(std::string_view kind, std::string_view key);

}  // namespace quotacast

#endif  // QUOTACAST_BASE_RANDOM_H_
