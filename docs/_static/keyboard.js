// What scrolls must be reached by keyboard; what doesn't scroll is no stop on the way.
(() => {
  const regions = document.querySelectorAll("article pre, .table-wrapper, .wide-picture");
  const mark = ({ target }) => {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  };
  const observer = new ResizeObserver((entries) => entries.forEach(mark));
  regions.forEach((region) => observer.observe(region));
})();
