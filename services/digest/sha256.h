// SHA-256 (FIPS 180-4) of bytes, by OpenSSL. Names what an answer rests on: models, states and
// scenarios are identified by the digest of their deterministic serialisation.
//
//   std::string name = Sha256Hex(bytes);  // "ba7816bf..." for "abc"
#ifndef QUOTACAST_SERVICES_DIGEST_SHA256_H_
#define QUOTACAST_SERVICES_DIGEST_SHA256_H_

#include <string>
#include <string_view>

namespace quotacast::digest {

// The digest as 64 lower-case hexadecimal digits. Pure and thread-safe; linear in the bytes.
std::string Sha256Hex(std::string_view bytes);

}  // namespace quotacast::digest

#endif  // QUOTACAST_SERVICES_DIGEST_SHA256_H_
