// VitePress's own theme with the fonts of the reader's machine.
import theme from "vitepress/theme-without-fonts";
import "./style.css";

// biome-ignore lint/style/noDefaultExport: VitePress reads the default export
export default theme;
