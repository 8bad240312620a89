// Brings a page to life. Everything here makes quicker what works without it: each module binds by data attributes,
// so that markup alone says what an element does.
import "./form.js";
import "./swap.js";
import "./dialog.js";
import "./menu.js";
import "./keys.js";
import "./palette.js";
import "./pick.js";
import "./inline_edit.js";
import "./cells.js";
import "./peek.js";
import "./combobox.js";
import "./toast.js";
import "./copy.js";
import "./chart.js";
import "./live.js";
import "./likes.js";
import "./reveal.js";
import "./board.js";
import { settle } from "./arrive.js";

settle(document);
