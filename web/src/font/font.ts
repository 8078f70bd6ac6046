// Fetched after the first paint; text stands in the system's font until then.
import './font.css';
