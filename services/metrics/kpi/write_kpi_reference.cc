// Prints docs/kpis.md: write_kpi_reference OPENING, the file with the page's hand-written part.
// `tools/do docs` runs it.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>

#include "services/metrics/kpi/kpi_reference.h"
#include "services/metrics/kpi/registry.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: write_kpi_reference OPENING\n", stderr);
    return 2;
  }
  const std::ifstream file(argv[1]);
  std::stringstream opening;
  opening << file.rdbuf();
  if (!file.good() || opening.str().empty()) {
    std::fprintf(stderr, "write_kpi_reference: cannot read %s\n", argv[1]);
    return 1;
  }
  std::cout << quotacast::metrics::KpiReference(opening.str(),
                                                quotacast::metrics::KpiRegistry().kpis());
  return std::cout.flush().good() ? 0 : 1;
}
